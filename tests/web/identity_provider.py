"""A real OpenID provider on this machine: discovery, keys, authorization with PKCE, tokens.

It lets in whoever it is told stands before it, and can be told to answer wrongly.
"""

import base64
import contextlib
import functools
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "ringwatch", "a secret between us"
Claims = dict[str, Any]


@dataclass(frozen=True)
class Grant:
    """What was agreed when a code was given out."""

    redirect_uri: str
    challenge: str
    nonce: str


@functools.cache
def _first_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class IdentityProvider:
    """`person` stands before it. `forge` may change the claims, `sign` how they are signed."""

    server: ThreadingHTTPServer
    clock: Callable[[], datetime]
    person: Claims = field(default_factory=dict)
    forge: Callable[[Claims], Claims] = field(default=lambda claims: claims)
    sign: Callable[[Claims], str] | None = None
    userinfo: Claims | None = None
    refuses: str = ""
    names_issuer: str = ""
    grants: dict[str, Grant] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=_first_key)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def rotate(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    def discovery(self) -> Claims:
        return {
            "issuer": self.names_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code or an error."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        if self.refuses:
            back = {"error": self.refuses, "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.grants[code] = Grant(
                asked["redirect_uri"], asked["code_challenge"], asked.get("nonce", "")
            )
            back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """Once for each code, to the client that has the secret and the verifier."""
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        grant = self.grants.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        if basic != f"{CLIENT}:{SECRET}".replace(" ", "+") and basic != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        if grant is None or digest != grant.challenge or form["redirect_uri"] != grant.redirect_uri:
            return 400, {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.nonce,
            **self.person,
        }
        signed = (self.sign or self.signed)(self.forge(claims))
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": signed}

    def signed(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def signed_by_another(self, claims: Claims) -> str:
        other = RSAKey.generate_key(2048)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, other)

    def signed_by_an_unknown_kind_of_key(self, claims: Claims) -> str:
        return jwt.encode({"alg": "ES256", "kid": "two"}, claims, ECKey.generate_key("P-256"))

    def signed_with_the_public_key(self, claims: Claims) -> str:
        """The old trick: our public key as the secret of a symmetric signature."""
        public = self.key.as_pem(private=False)
        key = OctKey.import_key(base64.urlsafe_b64encode(public).rstrip(b"=").decode())
        header = _b64({"alg": "HS256", "kid": self.key.kid})
        body = f"{header}.{_b64(claims)}"
        mac = hmac.digest(key.raw_value, body.encode(), "sha256")
        return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def unsigned(self, claims: Claims) -> str:
        return f"{_b64({'alg': 'none'})}.{_b64(claims)}."


def _b64(value: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: IdentityProvider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        provider.asked.append(parts.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/.well-known/openid-configuration":
                self._say(200, provider.discovery())
            case "/keys":
                self._say(200, {"keys": [provider.key.as_dict(private=False)]})
            case "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "/userinfo" if self.headers["Authorization"] == "Bearer at":
                self._say(200, provider.userinfo or {})
            case _:
                self._say(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._say(*self.server.provider.token(form, self.headers.get("Authorization", "")))

    def _say(self, status: int, told: Claims) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class says so
        pass


@contextlib.contextmanager
def identity_provider(clock: Callable[[], datetime]) -> Iterator[IdentityProvider]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = IdentityProvider(server=server, clock=clock)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
