"""What a security event is called: one of few words, whichever alphabet it was said in.

Message ids: `alarms.what.<word>`. The number or the letters are shown beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType

OTHER = "other"
WORDS = frozenset(
    {
        "medical",
        "fire",
        "panic",
        "duress",
        "burglary",
        "tamper",
        "environment",
        "supervision",
        "door_forced",
        "door_held",
        "wrong_code",
        "exit_error",
        "walk_test",
        OTHER,
    }
)
_NUMBERS: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys(range(100, 110), "medical"),
        **dict.fromkeys(range(110, 120), "fire"),
        **dict.fromkeys(range(120, 130), "panic"),
        **dict.fromkeys(range(130, 150), "burglary"),
        **dict.fromkeys(range(150, 170), "environment"),
        **dict.fromkeys(range(200, 210), "supervision"),
        **dict.fromkeys((137, 144, 145, 341, 383), "tamper"),
        **dict.fromkeys(range(611, 616), "walk_test"),
        121: "duress",
        374: "exit_error",
        423: "door_forced",
        426: "door_held",
        461: "wrong_code",
    }
)
_PAIRS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("TP", "BX", "FX", "GX"), "walk_test"),
        **dict.fromkeys(("ES", "EJ", "XS", "XJ"), "tamper"),
        **dict.fromkeys(("DF", "DJ"), "door_forced"),
        **dict.fromkeys(("DL", "DM", "DH"), "door_held"),
        **dict.fromkeys(("JA", "JC"), "wrong_code"),
        "EA": "exit_error",
        "ND": "duress",
    }
)
_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys("BUC", "burglary"),
        **dict.fromkeys("FKS", "fire"),
        **dict.fromkeys("GWZ", "environment"),
        **dict.fromkeys("HPQ", "panic"),
        "M": "medical",
        "T": "tamper",
    }
)


def word_of(event: str) -> str:
    """The word for a Contact ID number or a SIA pair, as the list of events keeps it."""
    if event.isdecimal():
        return _NUMBERS.get(int(event), OTHER)
    return _PAIRS.get(event) or _LETTERS.get(event[:1], OTHER)
