"""E02: the site access card: whom to ring at the gate, who has the key, what lets one in."""

from dataclasses import dataclass, fields

LONGEST = 300
LONGEST_TRAVEL_MIN = 2880


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCard:
    """Plain words, as the site tells them; `travel_min` is the time on the road in minutes."""

    guard_phone: str = ""
    key_holder: str = ""
    key_phone: str = ""
    permit: str = ""
    escort: str = ""
    parking: str = ""
    travel_min: int | None = None

    @property
    def written(self) -> tuple[str, ...]:
        """The names of what it says."""
        return tuple(name for name in LINES if getattr(self, name))

    @property
    def empty(self) -> bool:
        return not self.written


LINES = tuple(one.name for one in fields(AccessCard) if one.name != "travel_min")
PHONES = frozenset({"guard_phone", "key_phone"})


@dataclass(frozen=True, slots=True)
class Unfit:
    """The field and the message id that says what it may be."""

    field: str
    message_id: str


def unfit(card: AccessCard) -> Unfit | None:
    """What is wrong with the first field that is wrong."""
    for name in LINES:
        said = getattr(card, name)
        if len(said) > LONGEST:
            return Unfit(name, "access_card.too_long")
        if name in PHONES and said and not any(letter.isdigit() for letter in said):
            return Unfit(name, "access_card.no_number")
    minutes = card.travel_min
    if minutes is not None and not 1 <= minutes <= LONGEST_TRAVEL_MIN:
        return Unfit("travel_min", "access_card.travel")
    return None
