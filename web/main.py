"""The web door: pages for people. Built once from the parts; nothing happens at import."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from storage.db import POOL_SIZE
from web import assets, errors, stream
from web.api import application as api
from web.assets import Assets
from web.pages import (
    access,
    access_cards,
    account,
    alarms,
    behind,
    board,
    channels,
    choices,
    configurations,
    contact_cards,
    curves,
    dead_man,
    devices,
    discovered,
    documents,
    drill_links,
    drills,
    duty,
    escalation_simulation,
    escalations,
    feeds,
    handovers,
    health,
    history,
    hooks,
    imports,
    inbound,
    inspection_photos,
    inspection_points,
    inspection_signing,
    inspections,
    labels,
    limits,
    link_lists,
    links,
    logins,
    maintenance,
    maintenance_ahead,
    notices,
    occasion_parts,
    occasions,
    oncall,
    oncall_lists,
    orders,
    outside,
    password,
    places,
    policy,
    portal,
    push,
    records,
    rejects,
    remarks,
    rota,
    rota_month,
    rota_overrides,
    rota_rotations,
    rota_swaps,
    scans,
    search,
    second_step,
    sessions,
    setup,
    sites,
    swaps,
    templates,
    verify,
)
from web.provider import Provider
from web.render import Renderer
from web.security import Guard
from web.stream import Pulse
from web.together import Together
from wiring.health import EVERY_S, Heart
from wiring.in_force import LOOK_S
from wiring.parts import Parts

log = logging.getLogger(__name__)

ROUTERS = (
    access.router,
    access_cards.router,
    account.router,
    alarms.router,
    assets.router,
    logins.router,
    outside.router,
    portal.router,
    second_step.router,
    board.router,
    channels.router,
    choices.router,
    configurations.router,
    contact_cards.router,
    curves.router,
    dead_man.router,
    devices.router,
    discovered.router,
    documents.router,
    drill_links.router,
    drills.router,
    duty.router,
    feeds.router,
    handovers.router,
    escalation_simulation.router,
    escalations.router,  # after what it would take for a number
    health.router,
    history.router,
    hooks.router,
    inspection_photos.router,
    inspection_points.router,
    inspection_signing.router,
    inspections.router,  # after its like: what they do not know may be a step of the sheet
    imports.router,
    inbound.router,
    labels.router,
    limits.router,
    link_lists.router,
    links.router,
    maintenance.router,
    maintenance_ahead.router,
    notices.router,
    oncall.router,
    oncall_lists.router,
    occasion_parts.router,
    occasions.router,
    orders.router,
    behind.router,
    password.router,
    places.router,
    push.router,
    policy.router,
    records.router,
    search.router,
    rejects.router,
    remarks.router,
    rota.router,
    rota_month.router,
    rota_overrides.router,
    rota_rotations.router,
    rota_swaps.router,
    scans.router,
    sessions.router,
    setup.router,
    sites.router,
    stream.router,
    swaps.router,
    templates.router,
    verify.router,
)

PACKED = 4  # a third of the time of the highest for a twentieth more bytes


def build(parts: Parts) -> FastAPI:
    """The application. It serves nothing of its own making: no docs, no schema, no redirects."""
    app = laid_out()
    furnish(app, parts)
    return app


def laid_out() -> FastAPI:
    """Routes, guards, assets and templates: all that costs time to lay and knows no parts."""
    app = FastAPI(
        title="Ringwatch",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.assets = Assets()
    app.state.render = Renderer(app.state.assets)
    app.state.api = api.laid_out()
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.append(api.mounted(app.state.api))
    errors.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=PACKED)
    app.add_middleware(Guard)
    return app


def furnish(app: FastAPI, parts: Parts) -> None:
    """Give it the parts it works with, and what is made of them."""
    use(app, parts)
    app.state.pulse = Pulse(parts)
    app.state.together = Together[bytes]()
    app.state.provider = _provider(parts)
    api.furnish(app.state.api, parts, app.state.pulse)


def use(app: FastAPI, parts: Parts) -> None:
    """From the next request on, these: settings that were read anew."""
    app.state.parts = app.state.api.state.parts = parts


def _provider(parts: Parts) -> Provider | None:
    oidc = parts.settings.oidc
    return Provider(oidc, parts.settings.base_url, parts.clock) if oidc else None


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """As many threads as the pool has connections: one more would wait for a place in it."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = POOL_SIZE
    parts: Parts = app.state.parts
    chores = [asyncio.create_task(each(parts)) for each in (_beat, _look)]
    yield
    for chore in chores:
        chore.cancel()
    app.state.pulse.stop()


async def _look(parts: Parts) -> None:
    """Take up changed figures (A18), in a thread: the loop waits for no database."""
    while True:
        try:
            await anyio.to_thread.run_sync(parts.figures.look, parts.database)
        except Exception:
            log.exception("the figures in force could not be read; the known ones stay")
        await asyncio.sleep(LOOK_S)


async def _beat(parts: Parts) -> None:
    """From the loop that serves: a loop that hangs does not beat."""
    heart = Heart(parts.settings.data, "web", parts.clock)
    try:
        while True:
            heart.beat()
            await asyncio.sleep(EVERY_S)
    finally:
        heart.stop()
