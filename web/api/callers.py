"""Who calls: a token, the person it acts for, and what both may do. Cookies do not count."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from operations import api_tokens as token_desk
from rules.scopes import Scope
from storage.api_tokens import ApiToken
from storage.db import reading
from web.api.pace import Pace
from web.api.problems import ProblemError, language_of
from web.wired import Viewer, Wired

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="A token of `ringwatch token create`, in the header Authorization.",
)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller(Viewer):
    """A viewer who came by token: the same permits as in the browser, within its scopes."""

    token: ApiToken


def caller(request: Request, parts: Wired, asked: SecurityScopes, given: Given) -> Caller:
    now = parts.clock()
    if given is None:
        raise _stranger("api.detail.token_needed", 'Bearer realm="ringwatch"')
    with reading(parts.database) as tx:
        known = token_desk.bearer(tx, given.credentials, now)
    if known is None:
        raise _stranger("api.detail.token_unknown", 'Bearer error="invalid_token"')
    pace: Pace = request.app.state.pace
    if seconds := pace.wait_s(known.token.id, now):
        facts = {"n": round(pace.per_minute), "seconds": seconds}
        slower = {"Retry-After": str(seconds)}
        raise ProblemError("too_many", "api.detail.too_many", facts, headers=slower)
    token_desk.note_used(parts.database, known.token, now)
    for scope in asked.scopes:
        _must_have(known.token, Scope(scope))
    return Caller(
        language=language_of(request),
        theme="auto",
        now=now,
        person=known.person,
        token=known.token,
    )


def _must_have(token: ApiToken, scope: Scope) -> None:
    if scope not in token.scopes:
        said = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
        raise ProblemError("forbidden", "api.detail.scope", {"scope": scope}, headers=said)


def _stranger(detail: str, asks: str) -> ProblemError:
    return ProblemError("unauthorized", detail, {}, headers={"WWW-Authenticate": asks})


FaultReader = Annotated[Caller, Security(caller, scopes=[Scope.FAULTS_READ])]
Reporter = Annotated[Caller, Security(caller, scopes=[Scope.FAULTS_REPORT])]
OrderReader = Annotated[Caller, Security(caller, scopes=[Scope.ORDERS_READ])]
OrderActor = Annotated[Caller, Security(caller, scopes=[Scope.ORDERS_ACT])]
DeviceReader = Annotated[Caller, Security(caller, scopes=[Scope.DEVICES_READ])]
Maintainer = Annotated[Caller, Security(caller, scopes=[Scope.DEVICES_MAINTAIN])]
InspectionReader = Annotated[Caller, Security(caller, scopes=[Scope.INSPECTIONS_READ])]
CardReader = Annotated[Caller, Security(caller, scopes=[Scope.CONTACT_CARDS_READ])]
StatisticsReader = Annotated[Caller, Security(caller, scopes=[Scope.STATISTICS_READ])]
RotaReader = Annotated[Caller, Security(caller, scopes=[Scope.ROTA_READ])]
RotaActor = Annotated[Caller, Security(caller, scopes=[Scope.ROTA_ACT])]
NoticeReader = Annotated[Caller, Security(caller, scopes=[Scope.NOTICES_READ])]
IntakeReader = Annotated[Caller, Security(caller, scopes=[Scope.INTAKE_READ])]
EventListener = Annotated[Caller, Security(caller, scopes=[Scope.EVENTS_READ])]
