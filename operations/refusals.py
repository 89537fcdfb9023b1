"""What was asked for is not possible: why, in anybody's language, and what would mend it."""

from typing import Any


class NotNowError(Exception):
    """`message_id` and `facts` say why; `field` is what to mend. Nothing has been written."""

    def __init__(self, message_id: str, *, field: str = "", **facts: Any) -> None:
        super().__init__(message_id)
        self.message_id, self.field, self.facts = message_id, field, facts


def said(text: str, message_id: str, *, field: str, most: int) -> str:
    """What was typed, cut to what fits; nothing typed is refused by `message_id`."""
    if not text.strip():
        raise NotNowError(message_id, field=field)
    return text.strip()[:most]
