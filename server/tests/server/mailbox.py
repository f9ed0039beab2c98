"""A mail server (aiosmtpd) on a free port of loopback that demands TLS and a password. Usage: mailbox.py CERT KEY USER PASSWORD
Prints its port, then each mail that it took as a line of JSON, until its input ends."""
import email
import json
import socket
import ssl
import sys
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

certificate, key, user, password = sys.argv[1:]


def authenticate(server, session, envelope, mechanism, auth_data):
    right = (auth_data.login, auth_data.password) == (user.encode(), password.encode())
    return AuthResult(success=right, handled=right)


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=default)
        html = mail.get_body(("html",))
        print(json.dumps({
            "tls": session.ssl is not None,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": mail["Subject"],
            "id": mail["Message-ID"],
            "automatic": mail["Auto-Submitted"],
            "text": mail.get_body(("plain",)).get_content(),
            "html": html and html.get_content(),
            "parts": [part.get_content_type() for part in mail.walk()],
        }), flush=True)
        return "250 taken"


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
controller = Controller(
    Mailbox(), hostname="127.0.0.1", port=0, tls_context=tls, require_starttls=True, authenticator=authenticate,
    auth_required=True, auth_require_tls=True,
)
controller.ready_timeout = 20
# The controller looks whether it is reachable by the port it was given, so a free one is found first.
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    controller.port = free.getsockname()[1]
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()
