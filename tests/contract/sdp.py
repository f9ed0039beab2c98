"""Offers, and the candidates that follow them, are text of types of their own, which Schemathesis does not know how to write."""

import schemathesis


def sdp(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()


for media_type in ("application/sdp", "application/trickle-ice-sdpfrag"):
    schemathesis.serializer(media_type)(sdp)
