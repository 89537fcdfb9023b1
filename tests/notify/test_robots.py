"""Chat robots against servers that answer as the makers' do: judged by the body (D05)."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from notify import channels
from notify.channel import Letter, ProviderAddressError, UndeliveredError
from rules import digests
from rules.notices import Result
from tests.notify import robots
from tests.notify.letters import NOW, letter
from tests.notify.receivers import Answer, Request, WebServer
from tests.notify.robots import SECRET, TOKEN, Room, says

Judge = Callable[[Room], Callable[[Request], Answer]]
GROUPS: dict[str, Judge] = {
    "dingtalk": robots.dingtalk,
    "wecom": robots.wecom,
    "feishu": robots.feishu,
}
SIGNED = ("dingtalk", "feishu")
every_group = pytest.mark.parametrize("kind", GROUPS)


def now() -> datetime:
    return NOW


def send(url: str, what: Letter | None = None) -> str:
    with closing(channels.provider(url)) as robot:
        return robot.send(what or letter()).words


def refused(url: str, what: Letter | None = None) -> UndeliveredError:
    with pytest.raises(UndeliveredError) as caught:
        send(url, what)
    assert TOKEN not in str(caught.value)
    return caught.value


@every_group
def test_a_letter_arrives(web: WebServer, tmp_path: Path, kind: str) -> None:
    room = Room(clock=now)
    web.judge = GROUPS[kind](room)
    assert send(robots.address(kind, web.where, tmp_path)).startswith("200 OK: 0 ")
    (text,) = room.texts
    assert letter().subject in text
    assert letter().link in text


@pytest.mark.parametrize("kind", SIGNED)
def test_a_server_that_checks_the_signature_takes_ours(
    web: WebServer, tmp_path: Path, kind: str
) -> None:
    room = Room(clock=now, secret=SECRET)
    web.judge = GROUPS[kind](room)
    send(robots.address(kind, web.where, tmp_path, secret=SECRET))
    assert len(room.texts) == 1
    assert SECRET not in web.requests[0].path + web.requests[0].body.decode()


@pytest.mark.parametrize("kind", SIGNED)
@pytest.mark.parametrize("secret", ["", "SEC-another"])
def test_a_wrong_signature_is_a_refusal_for_good(
    web: WebServer, tmp_path: Path, kind: str, secret: str
) -> None:
    web.judge = GROUPS[kind](Room(clock=now, secret=SECRET))
    error = refused(robots.address(kind, web.where, tmp_path, secret=secret))
    assert (error.result, error.for_good, error.wait_s) == (Result.REFUSED, True, None)


def test_a_keyword_is_added_where_it_is_missing(web: WebServer, tmp_path: Path) -> None:
    room = Room(clock=now, keyword="Ringwatch-1")
    web.judge = robots.dingtalk(room)
    assert refused(robots.address("dingtalk", web.where, tmp_path)).for_good
    url = robots.address("dingtalk", web.where, tmp_path, more="&keyword=Ringwatch-1")
    send(url)
    send(url, letter(subject="Ringwatch-1: all well"))
    assert [text.count("Ringwatch-1") for text in room.texts] == [1, 1]


@pytest.mark.parametrize(("kind", "wait_s"), [("dingtalk", 600), ("wecom", 60), ("feishu", 30)])
def test_too_many_is_said_in_a_200_and_heard(
    web: WebServer, tmp_path: Path, kind: str, wait_s: float
) -> None:
    web.judge = GROUPS[kind](Room(clock=now, most=1))
    url = robots.address(kind, web.where, tmp_path)
    send(url)
    error = refused(url)
    assert (error.result, error.for_good, error.wait_s) == (Result.REFUSED, False, wait_s)


@pytest.mark.parametrize("kind", [*GROUPS, "pagerduty"])
def test_a_429_says_how_long(web: WebServer, tmp_path: Path, kind: str) -> None:
    web.answers = [Answer(429, {"Retry-After": "7"})]
    error = refused(robots.address(kind, web.where, tmp_path))
    assert (error.wait_s, error.for_good) == (7, False)


@pytest.mark.parametrize(
    ("kind", "answer", "for_good"),
    [
        ("dingtalk", says(errcode=300005, errmsg="token is not exist"), True),
        ("dingtalk", says(errcode=-1, errmsg="系统繁忙"), False),
        ("wecom", says(errcode=93000, errmsg="invalid webhook url"), True),
        ("wecom", says(errcode=-1, errmsg="system busy"), False),
        ("feishu", says(code=19024, msg="Key Words Not Found"), True),
        ("feishu", says(400, code=9499, msg="Bad Request"), True),
        ("pagerduty", says(400, status="invalid event", message="no", errors=["x"]), True),
        ("pagerduty", says(202, status="invalid event", message="no"), True),
        ("pagerduty", says(500), False),
        ("dingtalk", Answer(302, {"Location": "http://127.0.0.1:1/"}), True),
    ],
)
def test_what_is_worth_another_try(
    web: WebServer, tmp_path: Path, kind: str, answer: Answer, *, for_good: bool
) -> None:
    web.answers = [answer]
    error = refused(robots.address(kind, web.where, tmp_path))
    assert (error.result, error.for_good) == (Result.REFUSED, for_good)


@pytest.mark.parametrize("kind", [*GROUPS, "pagerduty"])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>sign in</html>", b"[]", b"[" * 9000, b'{"errcode":false,"code":"0"}', b"\xff"],
)
def test_a_200_that_is_no_robot_s_answer_is_no_success(
    web: WebServer, tmp_path: Path, kind: str, body: bytes
) -> None:
    web.answers = [Answer(body=body)]
    error = refused(robots.address(kind, web.where, tmp_path))
    assert (error.result, error.for_good) == (Result.UNKNOWN, False)


def test_an_answer_that_repeats_the_key_is_masked(web: WebServer, tmp_path: Path) -> None:
    web.answers = [says(errcode=300005, errmsg=f"token {TOKEN} is not exist")]
    assert "token ••• is not exist" in str(refused(robots.address("wecom", web.where, tmp_path)))


@every_group
def test_a_long_text_is_cut_between_characters_and_keeps_its_link(
    web: WebServer, tmp_path: Path, kind: str
) -> None:
    room = Room(clock=now)
    web.judge = GROUPS[kind](room)
    url = robots.address(kind, web.where, tmp_path)
    for shift in range(4):
        send(url, letter(body="x" * shift + "防区报警<@all>😀" * 3000))
    for text in room.texts:
        assert text.endswith(f"…\n{letter().link}")
        assert "\ufffd" not in text
    assert all(len(request.body) <= 20_000 for request in web.requests)


def test_the_fullest_digest_fits_the_smallest_robot(web: WebServer, tmp_path: Path) -> None:
    room = Room(clock=now)
    web.judge = robots.wecom(room)
    lines = "\n".join(["😀" * digests.LINE] * digests.LINES)
    send(
        robots.address("wecom", web.where, tmp_path),
        letter(subject="【汇总】16 条通知", body=f"消息较多，合并为一条：\n\n{lines}\n"),
    )
    assert room.texts[0].count("😀") == digests.LINE * digests.LINES


@pytest.mark.parametrize("kind", ["wecom", "feishu"])
def test_a_name_cannot_call_everybody(web: WebServer, tmp_path: Path, kind: str) -> None:
    room = Room(clock=now)
    web.judge = GROUPS[kind](room)
    send(
        robots.address(kind, web.where, tmp_path),
        letter(subject='<at user_id="all">x</at> <@all>'),
    )
    assert "<" not in room.texts[0]


def test_an_incident_opens_once_is_taken_and_ends(web: WebServer, tmp_path: Path) -> None:
    incidents = robots.Incidents()
    web.judge = incidents
    url = robots.address("pagerduty", web.where, tmp_path)
    words = send(url, letter(about="order-5"))
    assert words == "202 Accepted: 0 Event processed"
    event = web.requests[0].json
    assert event["payload"]["severity"] == "critical"
    assert event["payload"]["summary"] == letter().subject
    assert event["links"] == [{"href": letter().link, "text": "Ringwatch"}]
    send(url, letter(about="order-5", kind="report", id="another"))
    assert incidents.states == {"ringwatch-order-5": "trigger"}
    send(url, letter(about="order-5", kind="relieved"))
    assert incidents.states == {"ringwatch-order-5": "acknowledge"}
    send(url, letter(about="order-5", kind="restored"))
    send(url, letter(about="order-6", kind="relieved", over=True))
    assert set(incidents.states.values()) == {"resolve"}
    assert "payload" not in web.requests[-1].json


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("dingtalk://oapi.dingtalk.com/", "key is missing"),
        ("dingtalk://oapi.dingtalk.com/?access_token=geheim", "secrets come from files"),
        ("dingtalk://user:geheim@oapi.dingtalk.com/?token_file={token}", "secrets come"),
        ("wecom://qyapi.weixin.qq.com/?token_file=/nowhere", "No such file"),
        ("wecom://qyapi.weixin.qq.com/?token_file={token}&secret_file=/x", "secrets come"),
        ("feishu://open.feishu.cn/?token_file={whole}", "not the whole address"),
        ("feishu://open.feishu.cn/?token_file={token}&per_min=-1", "per_min is a whole number"),
        ("feishu://open.feishu.cn/?token_file={token}&reserved_pct=91", "reserved_pct"),
    ],
)
def test_a_wrong_address_is_told_at_the_start(tmp_path: Path, url: str, why: str) -> None:
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    (tmp_path / "whole").write_text("https://open.feishu.cn/hook/geheim", encoding="utf-8")
    plain = url.format(token=tmp_path / "token", whole=tmp_path / "whole")
    with pytest.raises(ProviderAddressError, match=why) as caught:
        channels.provider(plain)
    assert "geheim" not in str(caught.value)


def test_two_robots_of_one_host_are_told_apart_without_their_keys(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{TOKEN}-{name}", encoding="utf-8")
    urls = [f"dingtalk://oapi.dingtalk.com/?token_file={tmp_path}/{name}" for name in ("a", "b")]
    plan = channels.ChannelPlan(name="group", providers=(*urls, urls[0]))
    (problem,) = channels.check([plan])
    assert problem.setting == "channel[0].providers[2]"
    built = channels.build([channels.ChannelPlan(name="group", providers=tuple(urls))])["group"]
    labels = [one.label for one in built.providers]
    assert len(set(labels)) == 2
    assert all(label.startswith("dingtalk://oapi.dingtalk.com#") for label in labels)
    assert TOKEN not in "".join(labels)
    assert built.group
    for one in built.providers:
        one.close()


def test_the_figures_are_options(tmp_path: Path) -> None:
    more = "&per_min=40&per_s=2&reserved_pct=50"
    with closing(
        channels.provider(robots.address("dingtalk", "127.0.0.1:1", tmp_path, more=more))
    ) as robot:
        figures = [(one.most, one.window_s, one.reserved) for one in robot.limits]
    assert figures == [(40, 60, 20), (2, 1, 1)]
