"""Offers, and the candidates that follow them, are text of types of their own, which Schemathesis does not know how to write."""

import schemathesis


@schemathesis.serializer("application/sdp")
@schemathesis.serializer("application/trickle-ice-sdpfrag")
def sdp(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()
