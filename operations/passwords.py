"""Passwords: argon2id, never kept, never logged. Slow on purpose (about 0.2 s): two at a time."""

import hashlib
import secrets
import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

LEAST = 10
MOST = 200

_at_work = threading.BoundedSemaphore(2)  # each takes 64 MiB for its time
_hasher = PasswordHash((Argon2Hasher(),))
_COMMON = {"password", "1234567890", "0123456789", "qwertyuiop", "ringwatch", "11111111"}


def hashed(password: str) -> str:
    with _at_work:
        return _hasher.hash(password)


def fits(password: str, password_hash: str) -> bool:
    """Longer than any password we take is cut: it fits nothing."""
    with _at_work:
        return _hasher.verify(password[: MOST + 1], password_hash)


@cache
def nobodys_hash() -> str:
    """What a try with an unknown name is compared with: it costs the same time and never fits."""
    return _hasher.hash(secrets.token_urlsafe(32))


def weakness(password: str, name: str) -> str:
    """The message id of what is wrong with a new password, or nothing."""
    if len(password) < LEAST:
        return "password.too_short"
    if len(password) > MOST:
        return "password.too_long"
    plain = password.casefold()
    if len(set(plain)) < 4 or any(word in plain and len(plain) < len(word) + 4 for word in _COMMON):  # noqa: PLR2004 - letters, not a figure of the trade
        return "password.too_common"
    if name and name.casefold() in plain and len(plain) < len(name) + 8:
        return "password.holds_name"
    return ""


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the table keeps; the token itself is with its owner alone."""
    return hashlib.sha256(token.encode()).hexdigest()


def invented() -> str:
    """A password to hand over once: easy to read out, hard to guess (about 70 bits)."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))
