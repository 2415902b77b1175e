"""Signatures by which a receiver checks who sent a message and that it is unchanged.

The scheme is that of Standard Webhooks 1.0 (https://www.standardwebhooks.com), for which most languages have a library.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"
MIN_BYTES, MAX_BYTES = 24, 64


def read_secret(text: str) -> bytes:
    """The key in the text of a secret. Raises ValueError saying what it must be."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not (text.startswith(PREFIX) and MIN_BYTES <= len(key) <= MAX_BYTES):
        # The text is not quoted: it may be a mistyped secret.
        raise ValueError(f"must be {PREFIX} and the base64 of {MIN_BYTES} to {MAX_BYTES} random bytes")
    return key


def signed_headers(key: bytes, *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """`message_id` without a full stop; `timestamp` in seconds since 1970."""
    signed = b"%s.%d.%s" % (message_id.encode("ascii"), timestamp, body)
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
