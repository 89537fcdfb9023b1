"""What went wrong, for programs: RFC 9457 documents that name the field and what it takes."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

import words
from operations.refusals import NotNowError
from operations.work_orders import NoSuchOrderError
from storage.db import ConflictError, DatabaseDownError
from web.catching import Catch
from web.wired import ForbiddenError, NotFoundError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE = 200
# The last part of the type -> status. Titles: message id `api.problem.<kind>`.
KINDS = {
    "unreadable": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method": 405,
    "not_now": 409,
    "changed": 412,
    "too_large": 413,
    "invalid": 422,
    "key_used": 422,
    "too_many": 429,
    "failed": 500,
    "away": 503,
}
_BY_STATUS = {status: kind for kind, status in KINDS.items() if kind != "key_used"}
# What an order's desk refuses because of what was sent, not because of where the order stands.
_FIELDS = {
    "order.refused.text_needed": "text",
    "order.refused.late_reason": "text",
    "order.refused.no_such_person": "person",
    "order.refused.appointment": "appointment",
    "order.refused.solution_not_whole": "solutions",
    "order.refused.too_few_solutions": "solutions",
}


class Wrong(BaseModel):
    """One field: what it held (cut short; null when it was missing) and what is accepted."""

    field: str
    value: str | None
    accepted: str


class Problem(BaseModel):
    """`type` is stable and for programs; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []


@dataclass(slots=True)
class ProblemError(Exception):
    """`detail` is a message id, `errors` are (field, value, message id of what is accepted)."""

    kind: str
    detail: str
    facts: Mapping[str, Any]
    errors: Sequence[tuple[str, object, str]] = ()
    headers: Mapping[str, str] | None = None


def refused(*errors: tuple[str, object, str], **facts: Any) -> ProblemError:
    """A field holds what is not accepted."""
    return ProblemError("invalid", "api.detail.invalid", facts, errors)


def not_now(error: NotNowError, said: BaseModel | None = None) -> ProblemError:
    """What a desk refuses; where a field is to blame, with what was `said` in it."""
    field = _FIELDS.get(error.message_id, error.field)
    if not field:
        return ProblemError("not_now", error.message_id, error.facts)
    held = said.model_dump(mode="json").get(field) if said else None
    wrong = (field, held, error.message_id)
    return ProblemError("invalid", error.message_id, error.facts, [wrong])


def language_of(request: Request) -> str:
    """The first that the caller asks for and we speak; English for a program that asks nothing."""
    for wanted in request.headers.get("accept-language", "").split(","):
        if (short := wanted.strip()[:2].lower()) in words.LANGUAGES:
            return short
    return "en"


def install(api: FastAPI) -> None:
    api.add_exception_handler(ProblemError, _foreseen)
    api.add_exception_handler(ForbiddenError, _forbidden)
    api.add_exception_handler(NotFoundError, lambda request, _: answer(request, "not_found"))
    api.add_exception_handler(NoSuchOrderError, lambda request, _: answer(request, "not_found"))
    api.add_exception_handler(NotNowError, _not_now)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(DatabaseDownError, _away)
    api.add_exception_handler(ConflictError, _away)
    api.add_middleware(Catch, told=lambda request: answer(request, "failed"))


def answer(
    request: Request,
    kind: str,
    detail: str = "",
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    language = language_of(request)
    title = words.say(language, f"api.problem.{kind}")
    told = Problem(
        type=f"urn:ringwatch:problem:{kind.replace('_', '-')}",
        title=title,
        status=KINDS[kind],
        detail=detail or title,
        errors=list(errors),
    )
    said = {"Content-Language": language, **(headers or {})}
    body = told.model_dump_json()
    return Response(body, status_code=KINDS[kind], headers=said, media_type=MEDIA_TYPE)


def _foreseen(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for it
    language, facts = language_of(request), dict(error.facts)
    if "code" in facts:
        facts["code"] = words.say(language, f"code.{facts['code']}.name")
    errors = [
        Wrong(field=field, value=shown(value), accepted=words.say(language, key, **facts))
        for field, value, key in error.errors
    ]
    detail = words.say(language, error.detail, **facts)
    return answer(request, error.kind, detail, errors, error.headers)


def _forbidden(request: Request, error: Exception) -> Response:
    why = error.why if isinstance(error, ForbiddenError) else ""
    return answer(request, "forbidden", words.say(language_of(request), why) if why else "")


def _not_now(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotNowError)  # noqa: S101 - registered for it
    return _foreseen(request, not_now(error))


def _invalid(request: Request, error: Exception) -> Response:
    """An id that cannot be one names nothing; everything else is told field by field."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    found = error.errors()
    if any(one["loc"][0] == "path" and one["loc"][-1] != "verb" for one in found):
        return answer(request, "not_found")
    if any(one["type"] == "json_invalid" for one in found):
        return answer(request, "unreadable", str(found[0].get("ctx", {}).get("error", "")))
    detail = words.say(language_of(request), "api.detail.invalid")
    return answer(request, "invalid", detail, [_wrong(one) for one in found])


def _wrong(one: Mapping[str, Any]) -> Wrong:
    place = [str(part) for part in one["loc"][1:]] or [str(one["loc"][0])]
    missing = one["type"] == "missing"
    return Wrong(
        field=".".join(clean(part) for part in place),
        value=None if missing else shown(one.get("input")),
        accepted=clean(str(one["msg"])),
    )


def shown(value: object) -> str | None:
    """Whatever it was, as text that any reader can take."""
    return None if value is None else clean(str(value))[:LONGEST_VALUE]


def clean(text: str) -> str:
    """A lone surrogate cannot be sent."""
    return text[: LONGEST_VALUE * 4].encode("utf-8", "backslashreplace").decode()


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return answer(request, _BY_STATUS.get(status, "failed"), headers=headers)


def _away(request: Request, error: Exception) -> Response:
    log.error("the database does not answer: %s", error)
    return answer(request, "away", headers={"Retry-After": "5"})
