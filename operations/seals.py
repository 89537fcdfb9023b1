"""What only this installation can read or make: sealed texts and keyed hashes."""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LEAST_BYTES = 16
_NONCE = 12


class Seal:
    """AES-256-GCM and HMAC-SHA256 under keys derived from the installation's secret.

    `about` binds a sealed text to what it belongs to: moved to another row it does not open.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < LEAST_BYTES:
            raise ValueError(f"the installation's secret has less than {LEAST_BYTES} bytes")
        self._sealing = AESGCM(hmac.digest(secret, b"ringwatch sealed text", "sha256"))
        self._marking = hmac.digest(secret, b"ringwatch keyed hash", "sha256")

    def close(self, text: str, about: str) -> str:
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._sealing.encrypt(nonce, text.encode(), about.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, about: str) -> str | None:
        """None for what another installation sealed, for another matter, or nobody."""
        try:
            raw = base64.urlsafe_b64decode(sealed.encode())
            return self._sealing.decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except (ValueError, InvalidTag):
            return None

    def mark(self, text: str, about: str) -> str:
        """A hash nobody can try guesses against without the secret."""
        return hmac.new(self._marking, f"{about}\n{text}".encode(), hashlib.sha256).hexdigest()
