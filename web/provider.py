"""The company's identity provider, spoken to over OpenID Connect: code, PKCE, nonce, signature.

Nothing it answers is believed before it is verified: the id token's signature by a key of the
provider (asymmetric algorithms only), issuer, audience, times and nonce.
"""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from operations.outside import Claim
from wiring.doors import OidcSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
CALLBACK = "/login/oidc/callback"
_KEPT, _KEYS_AT_LEAST = timedelta(hours=1), timedelta(minutes=1)
_LEEWAY_S, _TIMEOUT_S = 60, 10
_LOCAL = {"127.0.0.1", "::1", "localhost"}
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderDownError(Exception):
    """It cannot be reached, or does not answer as a provider does."""


class UntrueError(Exception):
    """What it answered does not verify, or was not meant for us."""


class RefusedError(Exception):
    """It did not let the person in; the text is its own short code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a browser takes along on its way to the provider and must bring back."""

    state: str
    nonce: str
    verifier: str


def new_journey() -> Journey:
    return Journey(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
    )


class Provider:
    """Its discovery and its keys are kept for an hour; an unknown key asks for them anew."""

    def __init__(
        self, settings: OidcSettings, base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self.name, self.issuer = settings.name, settings.issuer
        self._settings, self._clock = settings, clock
        self._callback = f"{base_url}{CALLBACK}"
        self._trusted = httpx2.create_ssl_context(trust_env=False)  # slow to load
        self._lock = threading.Lock()
        self._found: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def address(self, journey: Journey) -> str:
        """Where the browser is sent. Raises `ProviderDownError`."""
        found = self._discovery()
        with self._client(found) as client:
            url, _ = client.create_authorization_url(
                found["authorization_endpoint"],
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(url)

    def claim(self, code: str, journey: Journey) -> Claim:
        """Who came back with `code`. Raises `ProviderDownError`, `UntrueError`, `RefusedError`."""
        found = self._discovery()
        try:
            with self._client(found) as client:
                token = client.fetch_token(
                    found["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=journey.verifier,
                )
                said = self._verified(str(token.get("id_token") or ""), journey.nonce)
                if "email" not in said and found.get("userinfo_endpoint"):
                    said |= self._asked(client, found["userinfo_endpoint"], said["sub"])
        except OAuthError as error:
            raise RefusedError(str(error.error)) from error
        except httpx2.HTTPError as error:
            raise ProviderDownError(type(error).__name__) from error
        proven = said.get("email_verified") in {True, "true"}
        mail = str(said.get("email") or "") if proven else ""
        return Claim(issuer=self.issuer, subject=str(said["sub"]), mail=mail)

    def _client(self, found: Mapping[str, Any]) -> OAuth2Client:
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods
        return OAuth2Client(
            self._settings.client_id,
            self._settings.client_secret.get_secret_value(),
            scope=self._settings.scopes,
            redirect_uri=self._callback,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
            verify=self._trusted,
        )

    def _verified(self, token: str, nonce: str) -> dict[str, Any]:
        now = self._clock()
        ours = self._settings.client_id
        claims = jwt.JWTClaimsRegistry(
            now=lambda: int(now.timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": ours},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            decoded = self._decoded(token)
            claims.validate(decoded)
        except (JoseError, ValueError, TypeError) as error:
            raise UntrueError(str(error)) from error
        audience = decoded["aud"]
        alone = isinstance(audience, str) or len(audience) == 1
        if decoded.get("azp", ours if alone else None) != ours:
            raise UntrueError("issued to another party")
        return decoded

    def _decoded(self, token: str) -> dict[str, Any]:
        try:
            read = jwt.decode(token, self._key_set(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            if not self._keys_are_old():
                raise
            read = jwt.decode(token, self._key_set(fresh=True), algorithms=list(ALGORITHMS))
        return dict(read.claims)

    def _asked(self, client: OAuth2Client, address: str, subject: str) -> dict[str, Any]:
        """Its own words over the line it was asked on; about nobody but this subject."""
        answer = client.get(address)
        said = answer.json() if answer.is_success else {}
        if not isinstance(said, dict) or said.get("sub") != subject:
            return {}
        return {name: said.get(name) for name in ("email", "email_verified")}

    def _keys_are_old(self) -> bool:
        """Whoever sends tokens with made-up keys does not make us ask each time."""
        return self._keys is None or self._clock() - self._keys[0] >= _KEYS_AT_LEAST

    def _key_set(self, *, fresh: bool = False) -> KeySet:
        with self._lock:
            known, now = self._keys, self._clock()
            if known is None or fresh or now - known[0] >= _KEPT:
                told = self._get(str(self._discovery_locked()["jwks_uri"]))
                try:
                    known = (now, KeySet.import_key_set(told))  # type: ignore[arg-type]
                except (JoseError, ValueError, TypeError, KeyError) as error:
                    raise ProviderDownError("its keys cannot be read") from error
                self._keys = known
            return known[1]

    def _discovery(self) -> Mapping[str, Any]:
        with self._lock:
            return self._discovery_locked()

    def _discovery_locked(self) -> Mapping[str, Any]:
        now = self._clock()
        if self._found is None or now - self._found[0] >= _KEPT:
            where = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            told = self._get(where)
            if told.get("issuer") != self.issuer:
                raise ProviderDownError("its discovery names another issuer")
            if not all(_is_safe(str(told.get(name) or "")) for name in _ENDPOINTS):
                raise ProviderDownError("its discovery names no safe addresses")
            self._found = (now, told)
        return self._found[1]

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = httpx2.get(address, timeout=_TIMEOUT_S, trust_env=False, verify=self._trusted)
            told = answer.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderDownError(type(error).__name__) from error
        if not isinstance(told, dict):
            raise ProviderDownError("no JSON object")
        return told


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
