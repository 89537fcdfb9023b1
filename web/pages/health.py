"""For machines: whether every part is well, and a page of figures. Counts only, no names."""

import ipaddress
from collections.abc import Iterator

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from rules.permits import Verb
from storage import company
from storage.db import DatabaseDownError, reading
from storage.views import figures as figures_view
from storage.views.figures import Figures
from web.wired import ForbiddenError, Wired, stranger
from wiring import health
from wiring.parts import Parts

router = APIRouter()


@router.get("/healthz")
def healthz(parts: Wired) -> Response:
    """200 when every process that beats is well and the database answers, else 503.

    Names and yes or no, for anybody; the words behind a no are in the log and in `/metrics`.
    """
    now = parts.clock()
    state = {beat.name: beat.healthy(now) for beat in health.beats(parts.settings.data)}
    state["database"] = _database_answers(parts)
    well = all(state.values())
    body = {"ok": well, "parts": {name: "ok" if ok else "failing" for name, ok in state.items()}}
    return JSONResponse(body, status_code=200 if well else 503)


@router.get("/metrics")
def metrics(request: Request, parts: Wired, later: BackgroundTasks) -> Response:
    """Prometheus text; for this machine itself, or for whoever leads."""
    if not _from_here(request) and not stranger(request, parts, later).may(Verb.SEE_METRICS):
        raise ForbiddenError("permit.role")
    now = parts.clock()
    with reading(parts.database) as tx:
        figures = figures_view.read(tx, now)
    lines = list(_lines(figures))
    beating = health.beats(parts.settings.data)
    lines += ["# TYPE ringwatch_part_healthy gauge"]
    lines += [f'ringwatch_part_healthy{{part="{b.name}"}} {int(b.healthy(now))}' for b in beating]
    return PlainTextResponse(
        "\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8"
    )


def _database_answers(parts: Parts) -> bool:
    try:
        with reading(parts.database) as tx:
            company.fact(tx, "name")
    except DatabaseDownError:
        return False
    return True


def _from_here(request: Request) -> bool:
    """From this machine, and not handed on by a proxy on it."""
    host = request.client.host if request.client else ""
    forwarded = {"x-forwarded-for", "forwarded", "via"} & set(request.headers)
    try:
        return ipaddress.ip_address(host).is_loopback and not forwarded
    except ValueError:
        return False


def _lines(figures: Figures) -> Iterator[str]:
    yield from _one("messages_total", "counter", figures.messages)
    yield from _one("messages_rejected_total", "counter", figures.rejected)
    yield from _one("messages_repeated_total", "counter", figures.repeated)
    if figures.echo_age_s is not None:
        yield from _one("echo_age_seconds", "gauge", figures.echo_age_s)
    yield from _one("ingest_stalled", "gauge", int(figures.stalled))
    yield from _one("devices", "gauge", figures.devices)
    yield from _many("faults_open", "severity", figures.open_faults)
    yield from _one("orders_open", "gauge", figures.open_orders)
    yield from _one("alerts_open", "gauge", figures.open_alerts)
    yield from _one("deadlines_overdue", "gauge", figures.deadlines_overdue)
    yield from _one("deadline_late_seconds", "gauge", figures.deadline_late_s)
    yield from _many("notices", "state", figures.notices)
    yield from _one("rejects_kept", "gauge", figures.rejects_kept)
    yield from _one("devices_discovered", "gauge", figures.discovered)


def _one(name: str, kind: str, value: float) -> Iterator[str]:
    yield f"# TYPE ringwatch_{name} {kind}"
    yield f"ringwatch_{name} {value}"


def _many(name: str, label: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# TYPE ringwatch_{name} gauge"
    for key, value in sorted(values.items()):
        yield f'ringwatch_{name}{{{label}="{key}"}} {value}'
