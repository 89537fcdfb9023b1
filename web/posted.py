"""What another program posts, byte for byte: signatures are made over bytes."""

from typing import Annotated

from fastapi import Depends, Request


async def _body(request: Request) -> bytes:
    """The guard has limited it; only a coroutine may read it."""
    return await request.body()


Posted = Annotated[bytes, Depends(_body)]
