"""A template and its data become a PDF: archival, tagged, its font embedded, nothing fetched.

What people wrote is data, never source: templates read `data.json` and print strings. Everything
below the root can be read by a template, so the root is a fresh folder with the templates, the
data and the pictures of this one document, each as a file of its own.
"""

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import typst

from reports.fonts import Face, look_up

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS: list[Any] = ["a-2a", "ua-1"]

Files = Mapping[str, bytes | Path]


class TypesettingError(Exception):
    """The document could not be set; the message is the typesetter's own."""


def compile(  # noqa: A001 - the typesetter's own word
    template: str,
    data: Mapping[str, Any],
    files: Files | None = None,
    *,
    fonts: Path | None = None,
    at: datetime | None = None,
) -> bytes:
    """Set `template` (a name in `reports/typst`, without ending) as PDF/A-2a, tagged for reading.

    `data` is plain JSON values; its strings are printed as they are, characters the font lacks
    as boxes. `files` are pictures by the name the data mention them by (PNG, SVG or RGB JPEG).
    `fonts`: a folder that goes before ours. `at`: the instant the document says it was made.
    The template finds the family's name at `data.font`. Raises `TypesettingError`,
    `FontMissingError`.
    """
    face = look_up(fonts)
    with tempfile.TemporaryDirectory(prefix="ringwatch-paper-") as scratch:
        root = Path(scratch)
        _lay_out(root, cleaned(face, {**data, "font": face.family}), files or {})
        try:
            made = typst.compile(
                root / f"{template}.typ",
                root=root,
                font_paths=face.fonts,
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=STANDARDS,
                timestamp=at.replace(microsecond=0) if at else None,
                package_path=root / "none",
                package_cache_path=root / "none",
            )
        except (typst.TypstError, UnicodeError) as error:
            raise TypesettingError(_told(error)) from error
    return made


def cleaned(face: Face, value: Any) -> Any:
    """The same value with every string as the font can show it."""
    if isinstance(value, str):
        return face.shown(value)
    if isinstance(value, Mapping):
        return {str(key): cleaned(face, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(face, each) for each in value]
    return value


def _lay_out(root: Path, data: Mapping[str, Any], files: Files) -> None:
    """Copies only: a link inside the root would be followed out of it."""
    for source in TEMPLATES.glob("*.typ"):
        (root / source.name).write_bytes(source.read_bytes())
    (root / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    for name, content in files.items():
        plain = PurePosixPath(name).name == name and name not in {"", "."}
        if not plain or name.startswith(".") or (root / name).exists():
            raise TypesettingError(f"{name!r} is no plain file name")
        (root / name).write_bytes(content.read_bytes() if isinstance(content, Path) else content)


def _told(error: Exception) -> str:
    if isinstance(error, typst.TypstError):
        return error.diagnostic or " ".join([error.message, *error.hints])
    return str(error)
