"""A POST sent twice under one key is done once: its answer is kept in the same transaction."""

import hashlib
from collections.abc import Callable

from fastapi import Response
from pydantic import BaseModel

from operations.refusals import NotNowError
from storage import api_answers
from storage.api_answers import Answer
from storage.db import Tx, transaction
from web.api.asked import Sender
from web.api.callers import Caller
from web.api.problems import ProblemError, not_now
from wiring.parts import Parts


def once(
    parts: Parts,
    caller: Caller,
    asked: Sender,
    body: BaseModel | None,
    work: Callable[[Tx], Answer],
) -> Response:
    """What is refused is not kept: nothing was done, and it may be sent again."""
    said = body.model_dump_json() if body else ""
    request = hashlib.sha256(f"{asked.path}\n{said}".encode()).hexdigest()

    def done(tx: Tx) -> Answer:
        try:
            return work(tx)
        except NotNowError as error:
            raise not_now(error, body) from error

    with transaction(parts.database) as tx:
        if asked.key is None:
            return _response(done(tx))
        known = api_answers.begin(tx, caller.token.id, asked.key, request, caller.now)
        if known is None:
            made = done(tx)
            api_answers.keep(tx, caller.token.id, asked.key, made)
            return _response(made)
    if known.request != request:
        raise ProblemError("key_used", "api.detail.key_used", {})
    return _response(known, {"Idempotency-Replayed": "true"})


def answered(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    body = model.model_dump_json(by_alias=True)
    return Answer(request="", status=status, body=body, headers=headers or {})


def _response(answer: Answer, more: dict[str, str] | None = None) -> Response:
    headers = {**answer.headers, **(more or {})}
    return Response(answer.body, answer.status, headers, media_type="application/json")
