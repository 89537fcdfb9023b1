"""When a certificate ends, read from the certificate itself."""

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path

_TIME = rb"(?:\x17\x0d(\d{12})Z|\x18\x0f(\d{14})Z)"
_VALIDITY = re.compile(_TIME + _TIME)  # X.509: not before, not after
_SHORT_YEAR = 12


def ends_at(certificate: Path, key: Path) -> datetime | None:
    """None when the two files are not a certificate and its key."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        pem = certificate.read_text(encoding="ascii")
        first = pem[pem.index("-----BEGIN CERTIFICATE") :]
        first = first[: first.index("-----END CERTIFICATE-----") + 25]
        found = _VALIDITY.search(ssl.PEM_cert_to_DER_cert(first))
    except (OSError, ValueError):
        return None
    digits = (found[3] or found[4] or b"").decode() if found else ""
    if not digits:
        return None
    full = f"20{digits}" if len(digits) == _SHORT_YEAR else digits
    return datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
