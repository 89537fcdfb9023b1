"""Our few static files, read once: compressed beforehand, named by their content, kept a year."""

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import HTTPException

TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "webmanifest": "application/manifest+json",
}
KEPT = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    content_type: str
    plain: bytes
    packed: bytes


class Assets:
    """`url(name)` is what a template writes; an old page keeps working until its next load."""

    def __init__(self) -> None:
        self._files = dict(_read("static", ""))
        joined = b"".join(asset.plain for asset in self._files.values())
        self.version = hashlib.sha256(joined).hexdigest()[:12]

    def url(self, name: str) -> str:
        if name not in self._files:
            raise KeyError(f"web/static/{name}")
        return f"/static/{self.version}/{name}"

    def find(self, name: str) -> Asset | None:
        return self._files.get(name)


def _read(folder: str, prefix: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in sorted(files("web").joinpath(folder).iterdir(), key=lambda file: file.name):
        if entry.is_dir():
            found += _read(f"{folder}/{entry.name}", f"{prefix}{entry.name}/")
        elif kind := TYPES.get(entry.name.rpartition(".")[2]):
            plain = entry.read_bytes()
            packed = gzip.compress(plain, mtime=0)
            found.append((f"{prefix}{entry.name}", Asset(kind, plain, packed)))
    return found


router = APIRouter()


@router.get("/static/{version}/{name:path}")
def static(request: Request, version: str, name: str) -> Response:
    """Open to everyone: nothing here knows anybody."""
    assets: Assets = request.app.state.assets
    asset = assets.find(name)
    if asset is None:
        raise HTTPException(404)
    packs = "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "Cache-Control": KEPT if version == assets.version else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if packs:
        headers["Content-Encoding"] = "gzip"
    return Response(
        asset.packed if packs else asset.plain, headers=headers, media_type=asset.content_type
    )
