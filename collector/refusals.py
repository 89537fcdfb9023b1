"""What went wrong while a message was read, as the reason it is refused for."""

import msgspec

from words.refusals import Reason, because

_SHOWN = 150  # characters of the decoder's own words


class UnfitError(ValueError):
    """A document that is read and cannot be meant; `reason` says what is wrong with it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def because_of(error: Exception) -> Reason:
    """The reason behind what a decoder raised."""
    if isinstance(error, UnfitError):
        return error.reason
    if isinstance(error, RecursionError):
        return because("nested")
    if isinstance(error, msgspec.ValidationError):
        return because("form", wrong=_cut(error))
    if isinstance(error, msgspec.DecodeError):
        return because("not_json", wrong=_cut(error))
    return because("not_text", wrong=_cut(error))


def _cut(error: Exception) -> str:
    return str(error)[:_SHOWN]
