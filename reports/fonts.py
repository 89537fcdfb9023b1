"""Which font the paper is set in, and what is left of a text that the font can show.

With PDF/A a single character the font lacks fails a whole document; without, it prints a box
and says nothing. So every text passes `Face.shown` before it is set.
"""

import importlib.util
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

REPLACED = "□"
MOST_MARKS = 4  # combining marks on one letter; thousands of them cost seconds
PACKAGE = "manimgx_fonts_cjk"
DEBIAN = Path("/usr/share/fonts/opentype/noto")
FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN")
_PROOF = "月检异常AÄ%0□"  # a font without these is none for us
_JOINERS = frozenset("\u200c\u200d\u2060\ufeff\u00ad")
_SPACES = str.maketrans({"\t": " ", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n"})


class FontMissingError(Exception):
    """No folder holds a Chinese font; the message says where was looked and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One family, with every character it has. Bold is real when `bold`."""

    family: str
    folder: Path
    fonts: typst.Fonts
    covered: frozenset[int]
    bold: bool

    def shown(self, text: str) -> str:
        """`text` with what cannot be printed replaced by a box, one for each thing seen.

        A joined emoji is one thing. Newlines stay, other control characters go.
        """
        if text.isascii() and text.isprintable():
            return text
        return "".join(self._shown(unicodedata.normalize("NFC", text).translate(_SPACES)))

    def _shown(self, text: str) -> Iterator[str]:
        marks, boxed, joined = 0, False, False
        for char in text:
            if char == "\n":
                yield char
            kind = unicodedata.category(char)
            if char in _JOINERS or kind in {"Cc", "Cf"} or _selects(char):
                joined = joined or char == "\u200d"
                continue
            marks = marks + 1 if kind in {"Mn", "Me"} else 0
            if marks > MOST_MARKS or (boxed and (marks or joined or _tint(char))):
                joined = False
                continue
            boxed, joined = ord(char) not in self.covered, False
            yield REPLACED if boxed else char


def look_up(configured: Path | None = None) -> Face:
    """The folder of the settings, else the package's font, else Debian's. Read once a process.

    Raises `FontMissingError`.
    """
    for folder in _folders(configured):
        face = _face(folder)
        if face:
            return face
        if folder == configured:
            raise FontMissingError(f"{folder} holds no font with Chinese characters")
    raise FontMissingError(
        f"no Chinese font: neither the package {PACKAGE} nor {DEBIAN} (fonts-noto-cjk) is there"
    )


def _folders(configured: Path | None) -> Iterator[Path]:
    if configured:
        yield configured
        return
    found = importlib.util.find_spec(PACKAGE)
    if found and found.origin:
        yield Path(found.origin).parent
    yield DEBIAN


@cache
def _face(folder: Path) -> Face | None:
    if not folder.is_dir():
        return None
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
    here = fonts.fonts()
    for family in dict.fromkeys([*FAMILIES, *sorted(fonts.families())]):
        cuts = [one for one in here if one.family == family and one.style == "normal" and one.path]
        if not cuts or not cuts[0].path:
            continue
        covered = _characters(Path(cuts[0].path), cuts[0].index)
        if all(ord(char) in covered for char in _PROOF):
            bold = _variable(Path(cuts[0].path)) or any(one.weight >= 600 for one in cuts)  # noqa: PLR2004 - semi-bold, in the scale of CSS
            return Face(family=family, folder=folder, fonts=fonts, covered=covered, bold=bold)
    return None


def _characters(path: Path, index: int) -> frozenset[int]:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


def _variable(path: Path) -> bool:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return "fvar" in font


def _selects(char: str) -> bool:
    """A variation selector: it only asks for another look of the character before it."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _tint(char: str) -> bool:
    """A skin tone after an emoji."""
    return "\U0001f3fb" <= char <= "\U0001f3ff"
