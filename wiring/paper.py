"""Where documents get their signature and their letters from."""

from typing import Any

from pydantic import Field

KEYS_FIELD: Any = Field(
    default=None,
    description="the folder of the key documents are signed with; unset: keys in data",
    examples=["/var/lib/ringwatch-keys"],
)
FONTS_FIELD: Any = Field(
    default=None,
    description="a folder with the company's own fonts for documents",
    examples=["/usr/local/share/fonts"],
)
