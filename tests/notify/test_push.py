"""Web push: encrypted for one browser, signed by us, and what the services' answers mean."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from notify import push
from notify.channel import UndeliveredError
from rules import push as push_rules
from rules.model import PersonId
from storage.push import Subscription
from tests.notify.letters import letter
from tests.notify.push_service import PushService, unpadded
from tests.notify.receivers import WebServer
from wiring import push as keys
from wiring.settings import Settings

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)


class House:
    """Keeps one subscription, and what it was told of it."""

    def __init__(self, service: PushService, folder: Path) -> None:
        self.service = service
        self.settings = Settings(data=folder)
        self.gone: list[int] = []
        self.sent: list[int] = []
        desk = push.Desk(find=self._find, gone=self.gone.append, sent=self.sent.append)
        key = keys.private_key(self.settings)
        contact = keys.contact(self.settings)
        self.provider = push.PushProvider(desk, key, contact, [service.origin])

    def _find(self, target: str) -> Subscription | None:
        if target != "7":
            return None
        return Subscription(
            id=7,
            person_id=PersonId(1),
            endpoint=self.service.endpoint,
            p256dh=self.service.p256dh,
            auth=unpadded(self.service.auth),
            device="Chrome, Android",
            created_at=NOW,
            last_sent_at=None,
            gone_at=None,
        )

    def refused(self) -> UndeliveredError:
        with pytest.raises(UndeliveredError) as caught:
            self.provider.send(letter(target="7"))
        return caught.value


@pytest.fixture
def house(web: WebServer, tmp_path: Path) -> House:
    return House(PushService(web), tmp_path)


def test_only_that_browser_can_read_it_and_we_have_signed_it(house: House) -> None:
    words = house.provider.send(letter(target="7", about="order-12")).words
    assert words.startswith("201")
    [request] = house.service.web.requests
    assert letter().subject.encode() not in request.body
    [said] = house.service.shown()
    assert said["title"] == letter().subject
    assert said["link"] == letter().link
    claims = house.service.claims(request, keys.public_key(house.settings))
    assert claims["aud"] == house.service.origin
    assert claims["sub"].startswith("mailto:")
    left_s = claims["exp"] - letter().at.timestamp()
    assert 0 < left_s <= 24 * 3600  # RFC 8292: a day at most
    assert (request.headers["Urgency"], request.headers["TTL"]) == ("high", "900")
    assert request.headers["Topic"] == "order-12"
    assert house.sent == [7]


def test_it_says_no_more_than_subject_and_first_line(house: House) -> None:
    body = "A fault is waiting.\n\nPhone: +8613800000000\nAccess: key box 4711\n"
    house.provider.send(letter(target="7", body=body))
    [said] = house.service.shown()
    assert said["body"] == "A fault is waiting."
    assert "4711" not in str(said)
    assert "138000" not in str(said)


@pytest.mark.parametrize(
    ("kind", "word", "noted"),
    [("page", "我来", "不再呼叫其他人"), ("report", "由我安排", "已记录由您安排。")],
)
def test_a_call_can_be_answered_from_the_notification(
    house: House, kind: str, word: str, noted: str
) -> None:
    """What the head arranges, others are called for all the same."""
    house.provider.send(letter(target="7", kind=kind, language="zh"))
    [said] = house.service.shown()
    assert (said["take"], said["notice"]) == (word, "7")
    assert noted in said["noted"]


def test_other_notices_only_open_their_page(house: House) -> None:
    house.provider.send(letter(target="7", kind="restored"))
    assert "take" not in house.service.shown()[0]


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_told_no_more(house: House, status: int) -> None:
    house.service.status = status
    error = house.refused()
    assert error.for_good
    assert house.gone == [7]


@pytest.mark.parametrize(
    ("status", "for_good"), [(400, True), (413, True), (403, True), (500, False), (302, True)]
)
def test_any_other_refusal_ends_nothing(house: House, status: int, for_good: bool) -> None:  # noqa: FBT001
    house.service.status = status
    house.service.headers = {"Location": f"{house.service.origin}/elsewhere"}
    assert house.refused().for_good is for_good
    assert house.gone == []
    assert len(house.service.web.requests) == 1  # no redirect was followed


def test_too_many_waits_as_long_as_it_says(house: House) -> None:
    house.service.status, house.service.headers = 429, {"Retry-After": "33"}
    error = house.refused()
    assert (error.wait_s, error.for_good) == (33, False)


def test_a_subscription_that_ended_is_refused_for_good(house: House) -> None:
    with pytest.raises(UndeliveredError) as caught:
        house.provider.send(letter(target="8"))
    assert caught.value.for_good
    assert house.service.web.requests == []


def test_the_key_is_made_once_and_its_public_half_stays(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    first = keys.public_key(settings)
    assert keys.public_key(Settings(data=tmp_path)) == first
    assert len(first) == 87
    assert (tmp_path / keys.OWN_KEY).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
        "https://web.push.apple.com/abc",
        "http://127.0.0.1:9999/push",
    ],
)
def test_services_of_the_browsers_and_of_the_settings(endpoint: str) -> None:
    assert push_rules.permitted(endpoint, ["http://127.0.0.1:9999"])


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com@127.0.0.1/x",
        "https://user@web.push.apple.com/x",
        "https://web.push.apple.com:8443/x",
        "https://notpush.apple.com/x",
        "https://127.0.0.1/x",
        "http://127.0.0.1:9998/push",
        "ftp://fcm.googleapis.com/x",
        "https://[::1",
        "",
        "https://web.push.apple.com/" + "x" * 2000,
    ],
)
def test_nobody_aims_our_server_elsewhere(endpoint: str) -> None:
    assert not push_rules.permitted(endpoint, ["http://127.0.0.1:9999"])
