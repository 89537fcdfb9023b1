"""What fills a template that a maker has approved: no free text goes through Aliyun or Tencent.

`params=title,until,token` names what fills the template's variables: Aliyun finds them by these
names, Tencent takes them in this order. What they forbid in a variable (`【】`, line ends) is left
out; what is empty is `-`, for they refuse empty ones; what is too long is cut.
"""

from collections.abc import Mapping

from notify import allowances
from notify.channel import Brief, Letter, ProviderAddressError

OPTIONS = ("param_chars",)
NEEDED = ("template", "params")
FILLINGS = ("title", "place", "fault", "number", "until", "token")
_MOST_CHARS = 35  # of a variable, where the maker's own limit is not known better (ours)
_FORBIDDEN = str.maketrans({"【": "", "】": " ", "\n": " ", "\r": " ", "<": "", ">": ""})


def check(options: Mapping[str, str]) -> None:
    """Raises `ProviderAddressError`."""
    unknown = [name for name in options["params"].split(",") if name not in FILLINGS]
    if unknown:
        raise ProviderAddressError(f"params are some of {', '.join(FILLINGS)}")
    _most_chars(options)


def filled(options: Mapping[str, str], letter: Letter) -> dict[str, str]:
    """Variable → value, in the order of `params`."""
    most = _most_chars(options)
    return {name: _value(letter.brief, name, most) for name in options["params"].split(",")}


def _value(brief: Brief, name: str, most: int) -> str:
    value = " ".join(getattr(brief, name).translate(_FORBIDDEN).split())
    if name != "token" and len(value) > most:  # half a token opens nothing
        value = f"{value[: most - 1]}…"
    return value or "-"


def _most_chars(options: Mapping[str, str]) -> int:
    return allowances.figure(options, "param_chars", _MOST_CHARS, least=4, most=350)
