"""Verifies a record without Vitrine: `verify_audit.py DATABASE KEY [CHECKPOINT...]`; standard library only.

Recomputes every entry's canonical JSON (RFC 8785), leaf hash and tree head (RFC 6962), and each checkpoint's Ed25519
signature (RFC 8032, C2SP signed-note). Redacted entries, the first ones, are believed their hashes. Prints ok, broken N, rewritten A-B, incomplete N or unsigned.
"""

import base64, hashlib, json, sqlite3, sys  # noqa: E401

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def add(a, b):
    """Sum of two points of the curve in extended coordinates (RFC 8032, 5.1.4)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, d - c, d + c, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, point):
    total = (0, 1, 1, 0)
    while n:
        total, point, n = add(total, point) if n & 1 else total, add(point, point), n >> 1
    return total


def point(encoded):
    """Decodes a point (RFC 8032, 5.1.3)."""
    sign, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if x * x % P == xx else x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == xx, "not a point"
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def signed_by(key, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    left, right = times(s, base), add(point(r), times(k, point(key)))
    return s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def opened(note, verifier):
    """Size and tree head of a checkpoint, or None when the key did not sign it."""
    name, _, encoded = verifier.split("+", 2)
    key = base64.b64decode(encoded)
    body, signatures = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :]
    for line in signatures.splitlines():
        signature = base64.b64decode(line.split(" ")[2])
        ours = line.startswith(f"\u2014 {name} ") and signature[:4] == sha256(name.encode(), b"\n", key)[:4]
        if ours and signed_by(key[1:], body.encode(), signature[4:]):
            return int(body.split("\n")[1]), base64.b64decode(body.split("\n")[2])
    return None


def verdict(database, checkpoints):
    expected, previous, subtrees, covered, count, gone, said = sorted(checkpoints), bytes(32), [], 0, 0, 0, 0
    for row in database.execute("SELECT * FROM audit ORDER BY sequence"):
        entry = dict(row, detail=json.loads(row["detail"]), previous=row["previous"].hex())
        stored, bare = entry.pop("hash"), entry.pop("redacted")
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        empty = [entry[key] for key in ("actor", "object", "detail", "network", "viewing")] == ["redacted", "redacted", {}, None, None]
        leaf = stored if bare and gone == count and empty else b"" if bare else sha256(b"\0", text.encode())
        gone, through = gone + bare, 0 if bare or entry["action"] != "audit.redacted" else int(entry["detail"]["through"])
        said = max(said, through)
        if entry["sequence"] != count + 1 or row["previous"] != previous or leaf != stored:
            return f"broken {count + 1}"
        head, previous = leaf, leaf
        for _ in range((~count & (count + 1)).bit_length() - 1):
            head = sha256(b"\1", subtrees.pop(), head)
        subtrees.append(head)
        count += 1
        for size, root in expected:
            if size == count:
                head = subtrees[-1]
                for left in subtrees[-2::-1]:
                    head = sha256(b"\1", left, head)
                if head != root:
                    return f"rewritten {covered + 1}-{size}"
                covered = size
    if gone > min(said, covered):
        return f"broken {min(said, covered) + 1}"
    return f"incomplete {count}" if expected and expected[-1][0] > count else "ok"


connection = sqlite3.connect(sys.argv[1])
connection.row_factory = sqlite3.Row
notes = [row["note"] for row in connection.execute("SELECT note FROM checkpoints")]
heads = [opened(note, sys.argv[2]) for note in notes + [open(path, encoding="utf-8").read() for path in sys.argv[3:]]]
print(result := "unsigned" if None in heads else verdict(connection, heads))
sys.exit(result != "ok")
