"""The last step of every way in: a session begins, its cookie is set, and where it leads."""

from urllib.parse import quote

from fastapi import Request, Response

from operations import people as people_desk
from storage.db import Tx
from storage.logins import Login
from web import sessions
from web.wired import Viewer, go, local_path
from wiring import channels
from wiring.parts import Parts


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def begin(request: Request, tx: Tx, login: Login, viewer: Viewer, how: str = "password") -> str:
    """A new session's token, in the transaction that proved who it is."""
    agent, address = request.headers.get("user-agent", ""), address_of(request)
    return people_desk.let_in(tx, login, viewer.now, address=address, agent=agent, how=how)


def led_in(
    request: Request, login: Login, token: str, next_path: str = "/", *, how: str = "password"
) -> Response:
    """On to the code where one is owed, to the first change of a password, or where one wanted."""
    wanted = local_path(next_path)
    if login.second_factor and how in {"password", "link"}:
        wanted = f"/login/code?next={quote(wanted, safe='')}"
    elif login.must_change and how in {"password", "totp"}:
        wanted = "/password"
    response = go(request, wanted)
    sessions.put_cookie(request, response, token)
    return response


def mail_channel(parts: Parts) -> str:
    """Where links are mailed; empty when the settings know no mail."""
    return channels.mail_channel(parts.settings.channel)
