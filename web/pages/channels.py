"""The ways people are told: how each carries, and a test to oneself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from operations import channels as channel_desk
from rules.model import Address
from rules.permits import Verb
from storage import shipping
from storage.db import reading, transaction
from storage.shipping import Refused, Standing
from storage.views import channels as channel_view
from storage.views.channels import Carried, Test
from web.pages.notices import masked
from web.pages.sessions import Text
from web.wired import NotFoundError, Viewer, Visitor, Wired, go, is_htmx, page
from wiring.channels import ChannelSettings
from wiring.parts import Parts

router = APIRouter()

LATELY = timedelta(hours=24)
SHOWN_REFUSED = 5
OVER = ("sent", "dead", "silenced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One of the viewer's own addresses on a channel."""

    address: Address
    test: Test | None

    @property
    def running(self) -> bool:
        """Its fate is still open: the page looks again by itself."""
        return self.test is not None and self.test.notice.state not in OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """How InfluxDB takes what devices measured; `days` it may be away, 0 is always."""

    url: str
    standing: Standing
    refused: list[Refused]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`kinds` name the providers in turn; never their addresses, which hold secrets."""

    name: str
    kinds: tuple[str, ...]
    group: bool
    known: bool
    carried: Carried
    mine: tuple[Mine, ...]


@router.get("/channels")
def channels(request: Request, parts: Wired, visitor: Visitor) -> Response:
    visitor.must(Verb.SEE_CHANNELS)
    with reading(parts.database) as tx:
        carried = channel_view.carried(tx, visitor.now - LATELY)
        names = {address.channel for address in visitor.me.channels}
        tests = channel_view.latest_tests(tx, visitor.me.id, names)
    known = {one.name: one for one in parts.settings.channel}
    lines = [
        Line(
            name=name,
            kinds=_kinds(known.get(name)),
            group=name in known and known[name].group,
            known=name in known,
            carried=carried.get(name, Carried()),
            mine=_mine(visitor, name, tests),
        )
        for name in (*known, *sorted(names - set(known)))
    ]
    return page(
        request,
        visitor,
        "channels/list.html" if is_htmx(request) else "channels/page.html",
        lines=lines,
        running=any(one.running for line in lines for one in line.mine),
        masked=masked,
        shipping=_shipping(parts, visitor),
    )


@router.post("/channels/test")
def try_out(
    request: Request, parts: Wired, visitor: Visitor, channel: Text = "", target: Text = ""
) -> Response:
    """Only to oneself; of another address nothing is known."""
    visitor.must(Verb.SEE_CHANNELS)
    try:
        with transaction(parts.database) as tx:
            address = Address(channel=channel, target=target)
            channel_desk.send_test(tx, visitor.me, address, visitor.now)
    except channel_desk.NotYoursError as error:
        raise NotFoundError from error
    return go(request, "/channels")


def _shipping(parts: Parts, visitor: Viewer) -> Shipping | None:
    """For those who see what was refused of any site."""
    store = parts.settings.influx
    if store is None or not visitor.may(Verb.SEE_METRICS):
        return None
    with reading(parts.telemetry) as tx:
        return Shipping(
            url=store.url,
            standing=shipping.standing(tx) or Standing(),
            refused=shipping.refused(tx, SHOWN_REFUSED),
            days=parts.settings.retention.spool,
        )


def _mine(visitor: Viewer, name: str, tests: Mapping[tuple[str, str], Test]) -> tuple[Mine, ...]:
    mine = [address for address in visitor.me.channels if address.channel == name]
    return tuple(Mine(address=one, test=tests.get((one.channel, one.target))) for one in mine)


def _kinds(channel: ChannelSettings | None) -> tuple[str, ...]:
    if channel is None:
        return ()
    return tuple(one.get_secret_value().partition(":")[0] for one in channel.providers)
