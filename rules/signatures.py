"""What a program sends us, signed: who has the secret, not long ago, said exactly this. Pure."""

import hashlib
import hmac
from datetime import datetime

WINDOW_S = 300  # (ours) clocks of other machines go wrong by minutes, not by hours
_PREFIX = "sha256="
_LONGEST_STAMP = 12


def signed(secret: str, stamp: str, body: bytes) -> str:
    """`sha256=<hex>` of the HMAC of `<stamp>.<body>`: as we sign ourselves."""
    made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    return _PREFIX + made.hexdigest()


def is_theirs(secret: str, stamp: str, signature: str, body: bytes, now: datetime) -> bool:
    """Whether it was made with the secret, within the window around `now` (seconds since 1970)."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
        return False
    in_time = abs(now.timestamp() - int(stamp)) <= WINDOW_S
    right = signed(secret, stamp, body)
    return hmac.compare_digest(right.encode(), signature.encode()) and in_time
