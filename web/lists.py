"""What every list page does with its address: cursor and filters live there."""

from fastapi import Request

PAGE_ROWS = 50


def cursor(given: str) -> int | None:
    """The id to go on from; anything else is the beginning."""
    return int(given) if given.isdecimal() and len(given) < 19 else None  # noqa: PLR2004 - 64 bits


def asked(given: str, most: int = 80) -> str:
    """Words of an address as they may be looked for: PostgreSQL knows no NUL."""
    return "".join(letter for letter in given[:most] if letter.isprintable())


def next_page(request: Request, name: str, following: str) -> str:
    """The page's own address with another cursor; empty when there is nothing further."""
    if not following:
        return ""
    return str(request.url.include_query_params(**{name: following}).replace(scheme="", netloc=""))
