"""A new password; the first one was given by another and lets nobody further."""

from fastapi import APIRouter, Request, Response

from operations import passwords
from operations import people as people_desk
from storage.db import transaction
from storage.logins import Login
from web import navigation, sessions
from web.pages.sessions import Text
from web.wired import LoginNeededError, Visitor, Wired, go, page

router = APIRouter()


@router.get("/password")
def form(request: Request, visitor: Visitor) -> Response:
    return _form(request, visitor, {})


@router.post("/password")
def change(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    current: Text = "",
    new: Text = "",
    again: Text = "",
) -> Response:
    """Ends every session of this login; this browser goes on with a new one."""
    login = visitor.login
    if login is None:
        raise LoginNeededError
    if wrong := _mistakes(visitor, login, current, new, again):
        return _form(request, visitor, wrong)
    fresh = passwords.hashed(new)
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    with transaction(parts.database) as tx:
        people_desk.change_password(tx, login, fresh, visitor.now)
        token = people_desk.let_in(
            tx, login, visitor.now, address=address, agent=agent, how=_how(visitor)
        )
    response = go(request, navigation.home(visitor))
    sessions.put_cookie(request, response, token)
    return response


def _how(visitor: Visitor) -> str:
    """Whoever has shown a second factor in this session need not show it again."""
    return visitor.session.how if visitor.session else "password"


def _mistakes(visitor: Visitor, login: Login, current: str, new: str, again: str) -> dict[str, str]:
    """Field → what is wrong with it."""
    if key := passwords.weakness(new, login.name):
        return {"new": visitor.say(key, n=passwords.LEAST)}
    if new != again:
        return {"again": visitor.say("password.differs")}
    if not login.password_hash or not passwords.fits(current, login.password_hash):
        return {"current": visitor.say("password.current_wrong")}
    if new == current:
        return {"new": visitor.say("password.same")}
    return {}


def _form(request: Request, visitor: Visitor, errors: dict[str, str]) -> Response:
    return page(
        request,
        visitor,
        "people/password.html",
        status=422 if errors else 200,
        errors=errors,
        forced=visitor.login is not None and visitor.login.must_change,
        least=passwords.LEAST,
    )
