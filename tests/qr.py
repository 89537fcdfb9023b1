"""Read a QR code off a picture, as far as a clean print needs it: no error correction.

Written for the tests: a label or a report is only as good as what a phone reads from it.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from PIL import Image
from segno import consts

_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda i, j: (i + j) % 2 == 0,
    lambda i, _: i % 2 == 0,
    lambda _, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: (i * j) % 2 + (i * j) % 3 == 0,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2 == 0,
)
_FORMAT_MASK = 0b101010000010010
Matrix = list[list[int]]


def read(picture: Image.Image) -> str:
    """What the one code in this picture says: dark modules on white, upright."""
    return decode(modules(picture))


def modules(picture: Image.Image) -> Matrix:
    """The dark squares as ones. The finder at the upper left tells how large a module is."""
    grey = picture.convert("L").point(lambda value: 255 if value < 128 else 0)
    box = grey.getbbox()
    assert box is not None, "nothing dark in the picture"
    code = grey.crop(box)
    width = code.width
    row = [code.getpixel((x, width // 80)) for x in range(width)]
    finder = row.index(0)  # seven modules of the frame's upper edge
    size = round(width / (finder / 7))
    size = 17 + 4 * round((size - 17) / 4)
    pitch = width / size
    centres = [int((place + 0.5) * pitch) for place in range(size)]
    return [[int(code.getpixel((x, y)) == 255) for x in centres] for y in centres]


def decode(matrix: Matrix) -> str:
    size = len(matrix)
    version = (size - 17) // 4
    level, mask = _format(matrix)
    free = _free(size, version)
    bits = [matrix[i][j] ^ int(_MASKS[mask](i, j)) for i, j in _path(size) if (i, j) in free]
    words = [_number(bits[n : n + 8]) for n in range(0, len(bits) - len(bits) % 8, 8)]
    return _text(_data(words, version, level), version)


def _format(matrix: Matrix) -> tuple[int, int]:
    spots = [(8, n) for n in (0, 1, 2, 3, 4, 5, 7, 8)] + [(n, 8) for n in (7, 5, 4, 3, 2, 1, 0)]
    found = _number([matrix[i][j] for i, j in spots]) ^ _FORMAT_MASK
    return found >> 13, (found >> 10) & 0b111


def _free(size: int, version: int) -> set[tuple[int, int]]:
    """Where data stand: all but finders, timing, alignment, format and version."""
    taken = {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    corner = range(9)
    taken |= set(product(corner, corner))
    taken |= set(product(corner, range(size - 8, size))) | set(
        product(range(size - 8, size), corner)
    )
    places = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    for i, j in product(places, places):
        if (i < 9 and j < 9) or (i < 9 and j > size - 10) or (i > size - 10 and j < 9):
            continue
        taken |= set(product(range(i - 2, i + 3), range(j - 2, j + 3)))
    if version > 6:
        taken |= set(product(range(6), range(size - 11, size - 8)))
        taken |= set(product(range(size - 11, size - 8), range(6)))
    return set(product(range(size), range(size))) - taken


def _path(size: int) -> list[tuple[int, int]]:
    """Two columns at a time from the right, up and down in turn, past the timing column."""
    spots: list[tuple[int, int]] = []
    upward, right = True, size - 1
    while right > 0:
        right -= right == 6
        rows = range(size - 1, -1, -1) if upward else range(size)
        spots += [(i, j) for i in rows for j in (right, right - 1)]
        upward, right = not upward, right - 2
    return spots


def _data(words: list[int], version: int, level: int) -> list[int]:
    """The blocks put back one after the other; their error correction is left."""
    sizes = [block.num_data for block in _blocks(version, level) for _ in range(block.num_blocks)]
    blocks: list[list[int]] = [[] for _ in sizes]
    taken = iter(words)
    for place in range(max(sizes)):
        for number, size in enumerate(sizes):
            if place < size:
                blocks[number].append(next(taken))
    return [word for block in blocks for word in block]


def _blocks(version: int, level: int) -> Sequence[Any]:
    table: Any = consts.ECC
    found: Sequence[Any] = table[version][level]
    return found


def _text(data: list[int], version: int) -> str:
    bits = [(word >> n) & 1 for word in data for n in range(7, -1, -1)]
    assert _number(bits[:4]) == 0b0100, "only byte mode is read here"
    long = 8 if version < 10 else 16
    count = _number(bits[4 : 4 + long])
    body = bits[4 + long : 4 + long + 8 * count]
    return bytes(_number(body[n : n + 8]) for n in range(0, len(body), 8)).decode("utf-8")


def _number(bits: list[int]) -> int:
    return int("".join(map(str, bits)), 2)
