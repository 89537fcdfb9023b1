"""Pictures of people, made ours: turned upright, made small, and stripped of all they carried.

A phone's photo holds where and with what it was taken, sometimes a second picture; none of it is
kept (A09, C12). What is stored is an RGB JPEG of at most 1280 px that we wrote ourselves.
"""

import base64
import binascii
import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import (
    AvifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

FORMATS = tuple(  # named by what reads them, so that each is loaded: Pillow loads only a few
    reader.format
    for reader in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        AvifImagePlugin.AvifImageFile,
    )
    if reader.format
)
LARGEST_BYTES = 16 * 1024 * 1024
MOST_PIXELS = 64_000_000  # a phone's largest setting is 50 million
LONGEST_SIDE, SHORTEST_SIDE = 1280, 64
QUALITY, THUMBNAIL = 82, 360
LONGEST_SIGNATURE = 300_000  # characters of a data address
SIGNATURE_SIDE, SIGNATURE_WIDE = 2600, 800
_DATA = "data:image/png;base64,"
_INK, _LEAST_INK, _LEAST_STROKE = 140, 80, 24  # grey level; pixels; pixels from end to end
_FROM_LENSES = frozenset({"JPEG", "MPO"})  # the latter: a JPEG with more behind it
_WHITE = (255, 255, 255)
# A picture of 64 million pixels takes 190 MB while it is read: two at a time, others wait.
_AT_ONCE = threading.BoundedSemaphore(2)
_BROKEN = (  # what Pillow says of files that are none, cut off or forged
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, RuntimeError),
    *(struct.error, zlib.error),
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PictureError(Exception):
    """Not a picture we take; `message_id` and `facts` say why and what is accepted."""

    def __init__(self, message_id: str, **facts: Any) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.facts = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """`fingerprint` is perceptual, 16 hexadecimal digits: the same picture again has the same."""

    jpeg: bytes
    width: int
    height: int
    fingerprint: str


def photograph(raw: BinaryIO, size: int) -> Photograph:
    """A photo as it came, `size` bytes of it, as we keep it. Raises `PictureError`."""
    if not size:
        raise PictureError("picture.refused.nothing")
    if size > LARGEST_BYTES:
        raise PictureError("picture.refused.too_large", mib=LARGEST_BYTES // 2**20)
    with _AT_ONCE:
        image = _plain(_opened(raw, FORMATS))
        written = io.BytesIO()
        image.save(written, "JPEG", quality=QUALITY, optimize=True)
        return Photograph(
            jpeg=written.getvalue(),
            width=image.width,
            height=image.height,
            fingerprint=_fingerprint(image),
        )


def thumbnail(jpeg: bytes) -> bytes:
    """One of our own photographs for a list of them: a tenth of the bytes."""
    image = Image.open(io.BytesIO(jpeg), formats=("JPEG",))
    image.draft(None, (THUMBNAIL, THUMBNAIL))
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    written = io.BytesIO()
    image.save(written, "JPEG", quality=75)
    return written.getvalue()


def signature(drawn: str) -> bytes:
    """What was drawn on the glass, as a PNG: black on white, cut to the strokes.

    `drawn` is the data address of a canvas. Raises `PictureError` when nothing was drawn.
    """
    if not drawn:
        raise PictureError("signature.refused.empty")
    try:
        raw = base64.b64decode(drawn.removeprefix(_DATA), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or not drawn.startswith(_DATA) or len(drawn) > LONGEST_SIGNATURE:
        raise PictureError("signature.refused.not_drawn")
    image = _opened(io.BytesIO(raw), ("PNG",), most=SIGNATURE_SIDE**2, side=SIGNATURE_SIDE)
    ink = _flat(image).convert("L")
    dark = ink.point([255 if grey < _INK else 0 for grey in range(256)])
    box = dark.getbbox()
    if box is None or dark.histogram()[255] < _LEAST_INK:
        raise PictureError("signature.refused.empty")
    left, top, right, bottom = box
    if max(right - left, bottom - top) < _LEAST_STROKE:
        raise PictureError("signature.refused.empty")
    cut = ImageOps.expand(ink.crop(box), border=12, fill=255)
    cut.thumbnail((SIGNATURE_WIDE, SIGNATURE_WIDE // 2))
    written = io.BytesIO()
    cut.save(written, "PNG", optimize=True)
    return written.getvalue()


def _opened(
    raw: BinaryIO,
    formats: tuple[str, ...],
    *,
    most: int = MOST_PIXELS,
    side: int = 20_000,
    least: int = SHORTEST_SIDE,
) -> Image.Image:
    """The first picture in the file, upright, its pixels read."""
    try:
        image = Image.open(raw, formats=formats)
        if image.width * image.height > most or max(image.size) > side:
            raise PictureError("picture.refused.too_many_pixels", millions=most // 10**6)
        if min(image.size) < least:
            raise PictureError("picture.refused.too_small", pixels=least)
        if image.format in _FROM_LENSES:  # reads a quarter of a large one: enough for us
            image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
    except _BOMBS as error:
        millions = most // 10**6
        raise PictureError("picture.refused.too_many_pixels", millions=millions) from error
    except _BROKEN as error:
        raise PictureError("picture.refused.no_picture") from error
    return _upright(image)


def _upright(image: Image.Image) -> Image.Image:
    """As the phone was held; notes that cannot be read turn nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image


def _plain(image: Image.Image) -> Image.Image:
    """RGB on white, in the colours of a screen, with nothing of the file left but the pixels."""
    try:
        plain = _flat(_on_screen(image))
    except _BROKEN as error:
        raise PictureError("picture.refused.no_picture") from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return plain


def _on_screen(image: Image.Image) -> Image.Image:
    """Colours of a wide or printer's profile as a screen shows them; a broken one is left out."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        screen = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(image, given, screen, outputMode="RGB")
    except (ImageCms.PyCMSError, *_BROKEN):
        return image
    return shown or image


def _flat(image: Image.Image) -> Image.Image:
    """A new picture of the same pixels: the old one's notes stay behind."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    new = Image.new("RGB", image.size, _WHITE)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        new.paste(seen, mask=seen.getchannel("A"))
    else:
        new.paste(image.convert("RGB"))
    return new


def _fingerprint(image: Image.Image) -> str:
    """64 bits: is each ninth of a line darker than its neighbour?"""
    small = image.convert("L").resize((9, 8), Image.Resampling.BOX)
    grey = small.tobytes()
    bits = [grey[9 * row + at] < grey[9 * row + at + 1] for row in range(8) for at in range(8)]
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"
