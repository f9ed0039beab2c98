"""Offers are text of their own type, which Schemathesis does not know how to write."""

import schemathesis


@schemathesis.serializer("application/sdp")
def sdp(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()
