"""The pictures of a document: read once, named for the template; what is none is left out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from storage.files import NoSuchFileError

_ENDINGS = {"JPEG": "jpg", "PNG": "png"}
_MODES = frozenset({"L", "RGB", "RGBA", "P", "LA", "1"})


@dataclass(frozen=True, slots=True)
class Pictures:
    """`files` are those taken so far, by the name the template reads them by."""

    read: Callable[[str], bytes]
    files: dict[str, bytes] = field(default_factory=dict)

    def take(self, name: str) -> str:
        """The name in the template; '' for one that is gone or cannot be printed.

        A single damaged picture would otherwise fail the whole document.
        """
        try:
            content = self.read(name)
            with Image.open(BytesIO(content)) as picture:
                ending = _ENDINGS.get(picture.format or "")
                sound = ending is not None and picture.mode in _MODES
                picture.draft("RGB", (64, 64))
                picture.load()
        except (NoSuchFileError, UnidentifiedImageError, OSError, ValueError):
            return ""
        if not sound:
            return ""
        known = f"{name}.{ending}"
        self.files[known] = content
        return known
