"""The key by which push services know this installation: made once, in the data folder."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from storage.files import write_whole
from wiring.settings import Settings

OWN_KEY = "push.key"


def private_key(settings: Settings) -> bytes:
    """PEM, as it stands in the file. Subscriptions are bound to it: another key, and all end."""
    path = settings.push.key_file or _own(settings.data)
    return path.read_bytes()


def public_key(settings: Settings) -> str:
    """What a browser is told whom it will hear: the point, base64url without padding."""
    key = serialization.load_pem_private_key(private_key(settings), password=None)
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def contact(settings: Settings) -> str:
    """Whom a service writes to when something is wrong with what we send."""
    if settings.push.contact:
        return settings.push.contact
    ours = settings.base_url
    return ours if ours.startswith("https://") else "mailto:ringwatch@localhost"


def _own(data: Path) -> Path:
    path = data / OWN_KEY
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        write_whole(
            path,
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
    return path
