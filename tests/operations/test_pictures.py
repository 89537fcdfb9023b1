"""A09, C12: a photo is kept upright, small and bare, a signature as its strokes."""

import base64
import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageDraw

from operations.pictures import (
    LARGEST_BYTES,
    LONGEST_SIDE,
    Photograph,
    PictureError,
    photograph,
    signature,
    thumbnail,
)

RED, BLUE = (200, 30, 30), (30, 30, 200)


def a_picture(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1]), fill=RED)
    return image


def written(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, **how)
    return into.getvalue()


def taken(raw: bytes) -> tuple[Photograph, Image.Image]:
    photo = photograph(io.BytesIO(raw), len(raw))
    image = Image.open(io.BytesIO(photo.jpeg))
    image.load()
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert image.size == (photo.width, photo.height)
    return photo, image


def is_about(seen: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(one - other) < 40 for one, other in zip(seen, wanted, strict=True))


def refused(raw: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        photograph(io.BytesIO(raw), len(raw))
    return caught.value.message_id


def phone_notes(turn: int = 1) -> Image.Exif:
    """What a phone writes down: how it was held, its name, where it was."""
    notes = Image.Exif()
    notes[0x0112] = turn
    notes[0x010F] = "SECRETPHONE"
    notes.get_ifd(0x8825)[1] = "N"
    notes.get_ifd(0x8825)[2] = (30.0, 39.0, 26.0)
    return notes


@pytest.mark.parametrize(
    ("turn", "left_is_red", "upright"),
    [(1, True, (400, 300)), (3, False, (400, 300)), (6, None, (300, 400)), (8, None, (300, 400))],
)
def test_a_photo_is_turned_as_the_phone_was_held(
    turn: int, upright: tuple[int, int], *, left_is_red: bool | None
) -> None:
    _, image = taken(written(a_picture(), exif=phone_notes(turn)))
    assert image.size == upright
    top, left = image.getpixel((image.width // 2, 10)), image.getpixel((10, image.height // 2))
    if left_is_red is None:  # a quarter turn: the red half is above or below
        assert is_about(top, RED if turn == 6 else BLUE)
    else:
        assert is_about(left, RED if left_is_red else BLUE)


def test_nothing_the_phone_wrote_is_kept() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    raw = written(
        a_picture(),
        exif=phone_notes(6),
        comment=b"SECRETWORD",
        xmp=b"<x>SECRETPLACE</x>",
        icc_profile=profile,
    )
    assert b"SECRETPHONE" in raw
    assert b"SECRETWORD" in raw
    assert b"SECRETPLACE" in raw
    photo, image = taken(raw)
    assert b"SECRET" not in photo.jpeg
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_second_picture_behind_the_first_is_left_behind() -> None:
    hidden = Image.effect_noise((400, 300), 60).convert("RGB")
    raw = written(a_picture(), "MPO", save_all=True, append_images=[hidden])
    photo, image = taken(raw)
    assert len(photo.jpeg) < len(raw) / 2
    assert is_about(image.getpixel((10, 10)), RED)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1281, 900)])
def test_a_large_photo_is_made_small(size: tuple[int, int]) -> None:
    photo, _ = taken(written(a_picture(size)))
    assert max(photo.width, photo.height) == LONGEST_SIDE
    assert abs(photo.width / photo.height - size[0] / size[1]) < 0.01


def test_a_small_photo_is_not_blown_up() -> None:
    photo, _ = taken(written(a_picture((320, 240))))
    assert (photo.width, photo.height) == (320, 240)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_other_kinds_become_jpeg(kind: str) -> None:
    _, image = taken(written(a_picture(), kind))
    assert is_about(image.getpixel((10, 10)), RED)


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "I;16", "RGBA", "LA"])
def test_every_way_of_writing_colours_becomes_rgb(mode: str) -> None:
    if mode == "I;16":
        plain = Image.frombytes("I;16", (100, 100), struct.pack("<H", 0x8000) * 10_000)
    else:
        plain = a_picture((100, 100)).convert(mode)
    _, image = taken(written(plain, "JPEG" if mode == "CMYK" else "PNG"))
    seen = image.getpixel((10, 50))
    assert isinstance(seen, tuple)
    if mode in {"CMYK", "P", "RGBA"}:
        assert is_about(seen, RED)
    if mode == "I;16":
        assert is_about(seen, (128, 128, 128))


def test_what_is_see_through_becomes_paper() -> None:
    clear = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    _, image = taken(written(clear, "PNG"))
    assert is_about(image.getpixel((50, 50)), (255, 255, 255))


def test_a_broken_profile_or_broken_notes_do_not_cost_the_photo() -> None:
    _, image = taken(written(a_picture(), icc_profile=b"no profile"))
    assert is_about(image.getpixel((10, 10)), RED)


@pytest.mark.parametrize(
    "raw",
    [
        b"hello",
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(40),
        b"\xff\xd8\xff\xe0" + bytes(400),
        written(Image.new("RGB", (200, 200)), "BMP"),
        written(Image.new("RGB", (200, 200)), "TIFF"),
    ],
    ids=["text", "pdf", "svg", "gif", "head-only", "bmp", "tiff"],
)
def test_what_is_no_picture_of_a_camera_is_refused(raw: bytes) -> None:
    assert refused(raw) == "picture.refused.no_picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind: str) -> None:
    """The link broke off: half a photo would be half the evidence."""
    raw = written(Image.effect_noise((400, 300), 60).convert("RGB"), kind)
    assert refused(raw[: len(raw) // 2]) == "picture.refused.no_picture"


def a_bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed)


@pytest.mark.parametrize("side", [8_100, 9_900, 14_000, 60_000, 2**31 - 1])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    assert refused(a_bomb(side)) == "picture.refused.too_many_pixels"


def test_too_much_too_little_and_nothing_are_refused() -> None:
    with pytest.raises(PictureError) as caught:
        photograph(io.BytesIO(b"x"), LARGEST_BYTES + 1)
    assert caught.value.message_id == "picture.refused.too_large"
    assert refused(b"") == "picture.refused.nothing"
    assert refused(written(a_picture((63, 63)))) == "picture.refused.too_small"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's about notes that are cut off
def test_damaged_files_are_photos_or_refused_and_nothing_else() -> None:
    chance = random.Random(11)  # noqa: S311 - the same damage in every run
    notes = phone_notes(6)
    whole = [written(a_picture(), "JPEG", exif=notes), written(a_picture(), "PNG")]
    whole += [written(a_picture(), "WEBP", exif=notes), written(a_picture(), "AVIF")]
    outcomes = set()
    for _ in range(600):
        damaged = bytearray(chance.choice(whole))
        for _ in range(chance.choice([1, 3, 30])):
            damaged[chance.randrange(min(len(damaged), 500))] = chance.randrange(256)
        try:
            photograph(io.BytesIO(bytes(damaged)), len(damaged))
            outcomes.add("photo")
        except PictureError as error:
            outcomes.add(error.message_id)
    assert {"photo", "picture.refused.no_picture"} <= outcomes


def test_the_same_scene_has_the_same_fingerprint_and_another_has_not() -> None:
    """B11: last month's photo sent again is found, also when it was saved anew."""
    scene = Image.radial_gradient("L").resize((800, 600)).convert("RGB")
    ImageDraw.Draw(scene).rectangle((100, 100, 300, 500), fill=RED)
    first, _ = taken(written(scene, quality=95))
    again, _ = taken(written(scene.resize((640, 480)), quality=60))
    other, _ = taken(written(scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    assert len(first.fingerprint) == 16
    assert distance(first.fingerprint, again.fingerprint) <= 2
    assert distance(first.fingerprint, other.fingerprint) > 6


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_list_shows_a_tenth_of_it() -> None:
    photo, _ = taken(written(Image.effect_noise((1600, 1200), 40).convert("RGB")))
    small = thumbnail(photo.jpeg)
    image = Image.open(io.BytesIO(small))
    assert (image.format, image.size) == ("JPEG", (360, 270))
    assert len(small) < len(photo.jpeg) / 5


def drawn(*, strokes: bool = True, size: tuple[int, int] = (700, 300), clear: bool = True) -> str:
    glass = Image.new("RGBA", size, (0, 0, 0, 0) if clear else (255, 255, 255, 255))
    if strokes:
        pen = ImageDraw.Draw(glass)
        pen.line([(200, 150), (300, 90), (350, 200), (480, 120)], fill=(10, 20, 40, 255), width=4)
    return as_address(written(glass, "PNG"))


def as_address(raw: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(raw).decode()


@pytest.mark.parametrize("clear", [True, False], ids=["clear", "white"])
def test_a_signature_is_black_on_white_and_cut_to_its_strokes(*, clear: bool) -> None:
    image = Image.open(io.BytesIO(signature(drawn(clear=clear))))
    assert (image.format, image.mode) == ("PNG", "L")
    assert image.getpixel((0, 0)) == 255
    assert min(image.tobytes()) < 60
    assert 280 <= image.width <= 330
    assert 110 <= image.height <= 160


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("", "signature.refused.empty"),
        (drawn(strokes=False), "signature.refused.empty"),
        (drawn(strokes=False, clear=False), "signature.refused.empty"),
        ("data:image/png;base64,%%%", "signature.refused.not_drawn"),
        ("data:image/png;base64,", "signature.refused.not_drawn"),
        ("data:text/html;base64,PGI+", "signature.refused.not_drawn"),
        ("http://elsewhere.example/sign.png", "signature.refused.not_drawn"),
        (as_address(b"no png"), "picture.refused.no_picture"),
        (as_address(a_bomb(9_900)), "picture.refused.too_many_pixels"),
        ("data:image/png;base64," + "A" * 400_000, "signature.refused.not_drawn"),
    ],
)
def test_an_empty_or_foreign_signature_is_refused(sent: str, why: str) -> None:
    with pytest.raises(PictureError) as caught:
        signature(sent)
    assert caught.value.message_id == why


def test_a_dot_is_no_signature() -> None:
    glass = Image.new("RGB", (700, 300), (255, 255, 255))
    ImageDraw.Draw(glass).ellipse((300, 100, 316, 116), fill=(0, 0, 0))
    with pytest.raises(PictureError) as caught:
        signature(as_address(written(glass, "PNG")))
    assert caught.value.message_id == "signature.refused.empty"
