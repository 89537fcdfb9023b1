"""A push service and the browser behind it: it holds the browser's keys and checks who sends."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from tests.notify.receivers import Answer, Request, WebServer


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def padded(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class PushService:
    """`web` receives; what came is decrypted as the browser would (RFC 8291)."""

    web: WebServer
    browser: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"0123456789abcdef"
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.web.judge = lambda _: Answer(status=self.status, headers=self.headers)

    @property
    def origin(self) -> str:
        return f"http://{self.web.where}"

    @property
    def endpoint(self) -> str:
        return f"{self.origin}/push/a-secret-name"

    @property
    def p256dh(self) -> str:
        point = self.browser.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return unpadded(point)

    def shown(self) -> list[dict[str, Any]]:
        """What the browser would show."""
        return [json.loads(self._opened(one)) for one in self.web.requests]

    def _opened(self, request: Request) -> bytes:
        assert request.headers["Content-Encoding"] == "aes128gcm"
        opened: bytes = http_ece.decrypt(
            request.body, private_key=self.browser, auth_secret=self.auth, version="aes128gcm"
        )
        return opened

    def claims(self, request: Request, public_key: str) -> dict[str, Any]:
        """Of the signature, once it is proven to be made with the key the browser was told."""
        scheme, _, rest = request.headers["Authorization"].partition(" ")
        assert scheme == "vapid"
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert said["k"] == public_key
        signed, _, signature = said["t"].rpartition(".")
        raw = padded(signature)
        pair = utils.encode_dss_signature(
            int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        )
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), padded(said["k"]))
        point.verify(pair, signed.encode(), ec.ECDSA(hashes.SHA256()))
        head, _, body = signed.partition(".")
        assert json.loads(padded(head))["alg"] == "ES256"
        claims: dict[str, Any] = json.loads(padded(body))
        return claims
