"""The monthly inspection (月检, A09, A10): its areas, what may be said of an item, its way."""

from enum import StrEnum


class Area(StrEnum):
    """A10: the four areas, in the order they are walked and printed."""

    FRONT_END = "front_end"
    LINES = "lines"
    CENTRE = "centre"
    SYSTEM = "system"


class Result(StrEnum):
    """正常, 异常, 未检. An item nobody has touched has none of them."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    NOT_CHECKED = "not_checked"


class Decision(StrEnum):
    """What the head says of a point that contradicts the device's own record (B11)."""

    STANDS = "stands"  # the sheet is right, with the reason
    CORRECTED = "corrected"  # the point was looked at again and the sheet changed
    FALSE = "false"  # the check was not done: the point counts as not checked
