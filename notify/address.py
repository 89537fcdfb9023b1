"""A provider's address in the settings, taken apart: host, options, secrets from files."""

import ssl
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from notify.channel import ProviderAddressError


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProviderAddress:
    """`label` (scheme, host, port) is all that may be shown; the rest may be secret."""

    scheme: str
    host: str
    port: int | None
    user: str
    password: str
    path: str
    options: dict[str, str]
    query: str

    @property
    def label(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" if self.port else f"{self.scheme}://{host}"

    def secret(self, option: str) -> str:
        """What stands in the file that `option` names; empty when it is not given."""
        name = self.options.get(option)
        return read_secret(name, option) if name else ""

    def tls(self) -> ssl.SSLContext:
        """Certificates are always verified; `ca_file` adds a company's own authority."""
        try:
            return ssl.create_default_context(cafile=self.options.get("ca_file"))
        except (OSError, ssl.SSLError) as error:
            raise ProviderAddressError(f"ca_file cannot be read: {error}") from None


def read_secret(name: str, option: str) -> str:
    try:
        secret = Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise ProviderAddressError(f"{option} {name}: {why}") from None
    if not secret:
        raise ProviderAddressError(f"{option} {name}: the file is empty")
    return secret


def take_apart(url: str, *, options: Collection[str]) -> ProviderAddress:
    """Our `options` are taken out of the query; what else stands there stays in `query`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ProviderAddressError("the port is not a number from 1 to 65535") from None
    if not parts.hostname:
        raise ProviderAddressError("the host is missing")
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    return ProviderAddress(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        path=parts.path,
        options={name: value for name, value in pairs if name in options},
        query=urlencode([pair for pair in pairs if pair[0] not in options]),
    )
