"""Asks every route of a running server whatever its own description allows, and more, as each role in turn (Schemathesis).

    make contract            # or: contract.py PROGRAM SCHEMATHESIS [EXAMPLES]

No answer may be a server error, of a status, a type or a form that /openapi.json does not describe.
"""

import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import urllib.request

PROGRAM, SCHEMATHESIS = sys.argv[1:3]
EXAMPLES = sys.argv[3] if len(sys.argv) > 3 else "20"
PASSWORD = "a password of its own"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# What would end the session that asks, and what would end everybody's review, has no place in a run of thousands of requests.
LEFT_OUT = r"^/api/(sign-out|password|room/leave|reviews/\{id\}/end|links/\{id\}/revoke)$"


def start(data):
    command = [PROGRAM, "demo", "--json", "--unlimited", "--port", "0", "--data", data]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, json.loads(process.stdout.readline())


def post(origin, path, body):
    """The cookie that an answer sets."""
    trusting = ssl._create_unverified_context()
    headers = {"Origin": origin, "Content-Type": "application/json"}
    request = urllib.request.Request(origin + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, context=trusting) as answer:
        return answer.headers["Set-Cookie"].split(";")[0]


def cookies(origin, data, started):
    """A cookie for each role."""
    client = started["viewer_links"][0]
    secret = client["url"].split("#")[1]
    yield "stranger", None
    yield "guest", post(origin, "/api/links/redeem", {"secret": secret, "passphrase": client["passphrase"]})
    for role in ("admin", "producer", "colourist", "security-lead"):
        command = [PROGRAM, "user", "add", f"contract-{role}", "--role", role, "--data", data]
        subprocess.run(command, input=PASSWORD + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
        yield role, post(origin, "/api/sign-in", {"user": f"contract-{role}", "password": PASSWORD})


def ask(origin, review, cookie, folder):
    """Schemathesis as one role; ids of the one review there is, so that more than 404 is seen."""
    config = folder / "schemathesis.toml"
    config.write_text(f'[parameters]\n"path.review" = "{review}"\n\n[[operations]]\n'
                      f'include-path-regex = "^/api/reviews/"\nparameters = {{ "path.id" = "{review}" }}\n')
    command = [SCHEMATHESIS, "--config-file", config, "run", origin + "/openapi.json", "--tls-verify", "false", "--checks", CHECKS,
               "--max-examples", EXAMPLES, "--exclude-path-regex", LEFT_OUT, "--phases", "examples,coverage,fuzzing",
               "--continue-on-failure", "--no-color", "--warnings", "off", "--header", f"Origin: {origin}",
               "--header", "X-Vitrine-Attended: 1"]
    if cookie:
        command += ["--header", f"Cookie: {cookie}"]
    hooks = dict(os.environ, SCHEMATHESIS_HOOKS="sdp", PYTHONPATH=str(pathlib.Path(__file__).parent))
    return subprocess.run(command, check=False, env=hooks).returncode


def main():
    failed = []
    with tempfile.TemporaryDirectory() as data:
        process, started = start(data)
        try:
            origin = started["console_url"].removesuffix("/console")
            listed = subprocess.run([PROGRAM, "review", "list", "--json", "--data", data], capture_output=True, check=True)
            review = json.loads(listed.stdout)["reviews"][0]["id"]
            for role, cookie in cookies(origin, data, started):
                print(f"=== {role}", flush=True)
                if ask(origin, review, cookie, pathlib.Path(data)) != 0:
                    failed.append(role)
        finally:
            process.terminate()
            process.wait()
    print("failed: " + ", ".join(failed) if failed else "every answer is one that is described")
    sys.exit(bool(failed))


main()
