"""What makes pages the issued ones: a number, a code that leads to their record, and a hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno

QR = "qr.svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What makes the pages the issued ones. Without it they are a draft, and say so."""

    number: str
    verify_url: str

    def code(self) -> bytes:
        """The QR code as a picture (SVG); it leads to the page that verifies."""
        picture = BytesIO()
        segno.make(self.verify_url, error="m").save(picture, kind="svg", border=0, dark="#1b2430")
        return picture.getvalue()


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of the values the pages were made of; pictures are named by what is in them."""
    values = {name: one for name, one in data.items() if name != "hash"}
    told = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
