"""Notifications of the browser: what makes a page installable, who is told where, and answers.

The worker and the manifest stand at the root, because a worker rules what lies below it.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from operations import push as push_desk
from operations import replies as reply_desk
from operations.push import Browser
from operations.refusals import NotNowError
from operations.replies import Became
from rules.model import NoticeId
from rules.replies import Said
from storage import ledger
from storage.db import transaction
from web import agents
from web.assets import Assets
from web.pages.sessions import Text
from web.wired import NotFoundError, RowId, Visitor, Wired, go
from wiring import push as push_keys

router = APIRouter()

ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any maskable"))
_LONGEST = 1000
_ACCOUNT = "/account#push"


@router.get("/sw.js")
def worker(request: Request) -> Response:
    """Open to everyone, and asked for anew each time: an old worker must not stay for ever."""
    assets: Assets = request.app.state.assets
    asset = assets.find("sw.js")
    if asset is None:
        raise NotFoundError
    headers = {"Cache-Control": "no-cache"}
    return Response(asset.plain, headers=headers, media_type=asset.content_type)


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """What a phone puts on its home screen."""
    assets: Assets = request.app.state.assets
    icons = [
        {"src": assets.url(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    said = {
        "name": "Ringwatch",
        "short_name": "Ringwatch",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1b5fb3",
        "icons": icons,
    }
    headers = {"Cache-Control": "no-cache"}
    return JSONResponse(said, headers=headers, media_type="application/manifest+json")


@router.get("/push/key")
def key(parts: Wired, visitor: Visitor) -> Response:
    """Whom the browser will hear: our public key."""
    _ = visitor.me
    return JSONResponse({"key": push_keys.public_key(parts.settings)})


@router.post("/push")
def subscribe(
    request: Request,
    parts: Wired,
    visitor: Visitor,
    endpoint: Text = "",
    p256dh: Text = "",
    auth: Text = "",
) -> Response:
    """By the page's own script; the answer is for it."""
    browser, system = agents.described(request.headers.get("user-agent", "")[:_LONGEST])
    device = ", ".join(filter(None, (browser, system)))
    said = Browser(endpoint=endpoint, p256dh=p256dh, auth=auth, device=device)
    try:
        with transaction(parts.database) as tx:
            push_desk.subscribe(tx, visitor.me, said, parts.settings.push.hosts, visitor.now)
    except NotNowError as error:
        return JSONResponse({"error": visitor.say(error.message_id, **error.facts)}, 422)
    return JSONResponse({"said": visitor.say("push.turned_on")})


@router.post("/push/{subscription_id}/off")
def unsubscribe(
    request: Request, parts: Wired, visitor: Visitor, subscription_id: RowId
) -> Response:
    with transaction(parts.database) as tx:
        if not push_desk.unsubscribe(tx, visitor.me, subscription_id, visitor.now):
            raise NotFoundError
    return go(request, _ACCOUNT)


@router.post("/push/answer/{notice_id}")
def answer(parts: Wired, visitor: Visitor, notice_id: RowId) -> Response:
    """The button of the notification: only the notice's own reader, behind login."""
    with transaction(parts.database) as tx:
        notice = ledger.get(tx, NoticeId(notice_id))
        if notice is None or notice.person_id != visitor.me.id:
            raise NotFoundError
        became = reply_desk.reply(
            tx,
            notice,
            Said.TAKE,
            key=f"push:{notice.id}",
            way="push",
            policy=parts.policy,
            now=visitor.now,
        )
    return JSONResponse({"result": became}, 200 if became is Became.DONE else 409)
