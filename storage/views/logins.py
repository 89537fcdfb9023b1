"""Who can come in and how: a line a person, for the administrator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from rules.access import Purpose
from rules.model import PersonId, Role
from storage.db import Tx
from storage.tables.access import access_links, logins, outside_identities, sessions
from storage.tables.company import people
from storage.views.pages import Page, cut
from storage.views.reach import holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`login` is empty for whoever has none; `invited_at` while an invitation is open."""

    person_id: PersonId
    code: str
    name: str
    roles: frozenset[Role]
    login: str
    has_password: bool
    second_factor_since: datetime | None
    seen_at: datetime | None
    invited_at: datetime | None
    linked: bool


def listed(tx: Tx, words: str, now: datetime, *, after: str = "", limit: int) -> Page[Line]:
    """Everyone who has not left, by code; `after` is the code to go on from."""
    chosen: list[ColumnElement[bool]] = [people.c.left_at.is_(None)]
    for word in words.split()[:5]:
        columns = (people.c.name, people.c.code, people.c.email)
        chosen.append(or_(*(holds(tx, column, word) for column in columns)))
    seen = select(sessions.c.login_id, func.max(sessions.c.seen_at).label("at"))
    last = seen.group_by(sessions.c.login_id).subquery()
    open_ones = and_(
        access_links.c.purpose == Purpose.INVITATION,
        access_links.c.used_at.is_(None),
        access_links.c.expires_at > now,
        access_links.c.person_id == people.c.id,
    )
    invited = select(func.max(access_links.c.created_at)).where(open_ones).scalar_subquery()
    linked = select(func.count()).where(outside_identities.c.person_id == people.c.id)
    found = (
        select(
            people.c.id.label("person_id"),
            people.c.code,
            people.c.name,
            people.c.roles,
            func.coalesce(logins.c.name, "").label("login"),
            (func.coalesce(logins.c.password_hash, "") != "").label("has_password"),
            logins.c.totp_since.label("second_factor_since"),
            last.c.at.label("seen_at"),
            invited.label("invited_at"),
            linked.scalar_subquery().label("linked"),
        )
        .join_from(people, logins, logins.c.person_id == people.c.id, isouter=True)
        .join(last, last.c.login_id == logins.c.id, isouter=True)
        .where(*chosen, people.c.code > after)
        .order_by(people.c.code)
        .limit(limit + 1)
    )
    lines = [_line(dict(row)) for row in tx.execute(found).mappings()]
    count = tx.scalar(select(func.count()).select_from(people).where(*chosen)) or 0
    return cut(lines, limit, count, lambda line: line.code)


def _line(row: dict[str, object]) -> Line:
    roles = row["roles"]
    assert isinstance(roles, list)  # noqa: S101 - a JSON list in every row
    changed = {
        "roles": frozenset(Role(role) for role in roles),
        "linked": bool(row["linked"]),
        "has_password": bool(row["has_password"]),
    }
    return Line(**{**row, **changed})  # type: ignore[arg-type]
