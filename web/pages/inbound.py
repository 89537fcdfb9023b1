"""POST /hooks/in/<name>: programs of the company answer for people, signed with the secret.

Headers `X-Ringwatch-Timestamp` (seconds since 1970) and `X-Ringwatch-Signature`
(`sha256=<hex>` of the HMAC-SHA256 of `<timestamp>.<body>`), as on our own webhooks. The same
message again within its five minutes is answered as before and changes nothing.
"""

import logging
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from operations import inbound as inbound_desk
from operations.inbound import Word
from operations.replies import Became
from rules import signatures
from rules.replies import Said
from storage.db import transaction
from web.posted import Posted
from web.wired import NotFoundError, Wired

log = logging.getLogger(__name__)
router = APIRouter()

_STATUS = {Became.DONE: 200, Became.NOT_NOW: 409, Became.FORBIDDEN: 403}
_SAID = {"acknowledge": Said.TAKE, "decline": Said.CANNOT}


class Message(BaseModel):
    """Either `notice` or `work_order` (its number)."""

    model_config = ConfigDict(extra="forbid")

    person: str = Field(min_length=1, max_length=80)
    verb: Literal["acknowledge", "decline"]
    notice: str = Field(default="", max_length=20)
    work_order: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _about_one(self) -> "Message":
        if bool(self.notice) == bool(self.work_order):
            raise ValueError("either notice or work_order")
        return self


@router.post("/hooks/in/{name}")
def hear(request: Request, parts: Wired, body: Posted, name: str) -> Response:
    door = next((one for one in parts.settings.inbound if one.name == name), None)
    if door is None:
        raise NotFoundError
    stamp = request.headers.get("x-ringwatch-timestamp", "")
    signature = request.headers.get("x-ringwatch-signature", "")
    now = parts.clock()
    if not signatures.is_theirs(door.secret, stamp, signature, body, now):
        log.warning("inbound %s: refused a message without a fresh signature", name)
        return _answer(401, "signature")
    try:
        said = Message.model_validate_json(body)
    except ValidationError as error:
        wrong = [".".join(map(str, one["loc"])) or one["msg"] for one in error.errors()]
        return _answer(422, "not_understood", fields=wrong)
    word = Word(
        person=said.person,
        said=_SAID[said.verb],
        notice=said.notice,
        order=said.work_order,
        reason=said.reason,
    )
    with transaction(parts.database) as tx:
        became = inbound_desk.take(tx, word, f"webhook:{name}:{signature}", parts.policy, now)
    return _answer(_STATUS.get(became, 404), became)


def _answer(status: int, result: str, **more: object) -> Response:
    return JSONResponse({"result": result, **more}, status_code=status)
