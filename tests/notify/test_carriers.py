"""SMS and calls by Twilio, Aliyun and Tencent, against servers that check the signature (D05)."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from notify import aliyun, carrier, channels, tencent, twilio
from notify.carrier import Account
from notify.channel import Accepted, Brief, Letter, ProviderAddressError, UndeliveredError
from rules.notices import Result
from tests.notify import makers
from tests.notify.letters import letter
from tests.notify.makers import HOOKS, MAKERS, NUMBER, SECRET, Taken, made, says
from tests.notify.receivers import Answer, WebServer, silent_server

BRIEF = Brief(
    title="紧急 请接单：城南银行 3 号摄像机 2026-00001",
    place="城南银行",
    fault="视频丢失",
    number="2026-00001",
    until="请在 03:20 前到场",
    token="S" * 43,
    spoken="紧急 请接单：城南银行 3 号摄像机。请在 03:20 前到场",
    keys="接单请按 1，无法前往请按 2。",
)
ALIYUN = [kind for kind in MAKERS if kind.startswith("aliyun")]
CRAFTS = {
    craft.name: craft for maker in (aliyun, tencent, twilio) for craft in (maker.SMS, maker.VOICE)
}
every = pytest.mark.parametrize("kind", MAKERS)


def page(**changes: Any) -> Letter:
    known = letter(target=NUMBER, brief=BRIEF, attempt="7-2", hooks=HOOKS)
    return replace(known, **changes)


def send(url: str, what: Letter | None = None) -> Accepted:
    with closing(channels.provider(url)) as provider:
        return provider.send(what or page())


def refused(url: str, what: Letter | None = None) -> UndeliveredError:
    with pytest.raises(UndeliveredError) as caught:
        send(url, what)
    assert SECRET not in str(caught.value)
    return caught.value


@every
def test_a_server_that_checks_the_signature_takes_ours(
    web: WebServer, tmp_path: Path, kind: str
) -> None:
    taken = Taken()
    web.judge = MAKERS[kind](taken)
    accepted = send(makers.address(kind, web.where, tmp_path))
    assert accepted.ref == "ref-1"
    (number,) = taken.by_number
    assert number.removeprefix("+86") == "13800138000"
    request = web.requests[0]
    assert SECRET not in request.path + request.body.decode()


@every
def test_another_secret_is_a_refusal_for_good(web: WebServer, tmp_path: Path, kind: str) -> None:
    taken = Taken()
    web.judge = MAKERS[kind](taken)
    error = refused(makers.address(kind, web.where, tmp_path, secret="wrong"))
    assert (error.result, error.for_good, taken.letters) == (Result.REFUSED, True, [])


def test_aliyun_s_own_example_has_their_signature() -> None:
    """The worked example of the documentation (help.aliyun.com, signature V3)."""
    image = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = aliyun.query_of({"RegionId": "cn-shanghai", "ImageId": image})
    signed = aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert signed.startswith("ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs")
    assert signed.endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_tencent_s_own_example_has_their_signature() -> None:
    """The worked example of the documentation (cloud.tencent.com, signature v3)."""
    account = Account(
        host="cvm.tencentcloudapi.com",
        options={"key_id": "AKID********************************"},
        secret="********************************",
    )
    body = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    )
    at = datetime.fromtimestamp(1551113065, UTC)
    signed = tencent.authorization(account, "cvm", "DescribeInstances", body, at)
    assert "/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host;x-tc-action" in signed
    assert signed.endswith("10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f")


def test_twilio_s_own_example_has_their_signature() -> None:
    """The worked example of the documentation (twilio.com/docs/usage/security)."""
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio.sign("12345", url, fields.items()) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@every
def test_a_429_says_how_long(web: WebServer, tmp_path: Path, kind: str) -> None:
    web.answers = [Answer(429, {"Retry-After": "7"})]
    error = refused(makers.address(kind, web.where, tmp_path))
    assert (error.wait_s, error.for_good) == (7, False)


@every
def test_a_redirect_leads_nowhere(
    web: WebServer, other_web: WebServer, tmp_path: Path, kind: str
) -> None:
    web.answers = [Answer(307, {"Location": f"http://{other_web.where}/"})]
    assert refused(makers.address(kind, web.where, tmp_path)).for_good
    assert other_web.requests == []


@every
def test_whoever_is_silent_is_left(tmp_path: Path, kind: str) -> None:
    with silent_server() as server:
        url = makers.address(kind, server.where, tmp_path)
        slow = carrier.provider(CRAFTS[kind], url, timeout_s=0.2)
        with closing(slow), pytest.raises(UndeliveredError) as caught:
            slow.send(page())
    assert caught.value.result == Result.TIMEOUT


@every
@pytest.mark.parametrize("body", [b"", b"<html>sign in</html>", b"[]", b"{}", b"\xff", b"[" * 9000])
def test_a_200_that_is_not_the_maker_s_answer_is_no_success(
    web: WebServer, tmp_path: Path, kind: str, body: bytes
) -> None:
    web.answers = [Answer(body=body)]
    error = refused(makers.address(kind, web.where, tmp_path))
    assert (error.result, error.for_good) == (Result.UNKNOWN, False)


def _of_one(code: str) -> Answer:
    told = {"SerialNo": "", "Code": code, "Message": "no"}
    return says(200, {"Response": {"SendStatusSet": [told]}})


def _of_all(code: str) -> Answer:
    return says(200, {"Response": {"Error": {"Code": code, "Message": "no"}}})


@pytest.mark.parametrize(
    ("kind", "answer", "for_good", "wait_s"),
    [
        ("aliyun+sms", says(200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}), True, None),
        ("aliyun+sms", says(200, {"Code": "isv.AMOUNT_NOT_ENOUGH"}), True, None),
        ("aliyun+sms", says(200, {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}), True, None),
        ("aliyun+sms", says(200, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}), False, None),
        ("aliyun+voice", says(200, {"Code": "isp.SYSTEM_ERROR"}), False, None),
        ("aliyun+voice", says(400, {"Code": "Throttling.User", "Message": "x"}), False, 5),
        ("aliyun+sms", says(503, {"Code": "ServiceUnavailable"}), False, None),
        ("tencent+sms", _of_one("FailedOperation.PhoneNumberInBlacklist"), True, None),
        ("tencent+sms", _of_one("LimitExceeded.PhoneNumberThirtySecondLimit"), False, None),
        ("tencent+sms", _of_all("FailedOperation.TemplateIncorrectOrUnapproved"), True, None),
        ("tencent+voice", _of_all("RequestLimitExceeded"), False, 5),
        ("tencent+voice", _of_all("InternalError.Timeout"), False, None),
        ("tencent+voice", _of_all("AuthFailure.SignatureExpire"), True, None),
        ("twilio+sms", says(400, {"code": 21211, "message": "Invalid 'To'"}), True, None),
        ("twilio+sms", says(400, {"code": 21610, "message": "unsubscribed"}), True, None),
        (
            "twilio+sms",
            says(429, {"code": 20429, "message": "many"}, **{"Retry-After": "3"}),
            False,
            3,
        ),
        ("twilio+voice", says(503, {"code": 20503, "message": "later"}), False, None),
        (
            "twilio+sms",
            says(201, {"sid": "SM1", "status": "failed", "error_code": 30007}),
            True,
            None,
        ),
        (
            "twilio+sms",
            says(201, {"sid": "SM1", "status": "failed", "error_code": 30008}),
            False,
            None,
        ),
    ],
)
def test_a_code_says_whether_another_try_is_worth_it(
    web: WebServer,
    tmp_path: Path,
    kind: str,
    answer: Answer,
    *,
    for_good: bool,
    wait_s: float | None,
) -> None:
    """200 and a code other than OK is a failure."""
    web.answers = [answer]
    error = refused(makers.address(kind, web.where, tmp_path))
    assert (error.result, error.for_good, error.wait_s) == (Result.REFUSED, for_good, wait_s)


@every
@pytest.mark.parametrize(
    ("target", "takes"),
    [
        ("+8613800138000", True),
        ("+447911123456", True),
        ("13800138000", False),
        ("+0613800138000", False),
        ("+86 138 0013 8000", False),
        ("+1234567890123456", False),
        ("+86138001３8000", False),
        ("li@example.com", False),
        ("", False),
    ],
)
def test_a_number_is_e164_or_none(tmp_path: Path, kind: str, target: str, *, takes: bool) -> None:
    assert made(kind, "127.0.0.1:1", tmp_path).takes(target) is takes


@pytest.mark.parametrize(
    ("kind", "spoilt"),
    [(kind, name) for kind, craft in CRAFTS.items() for name in (craft.secret, *craft.needed)],
)
def test_what_is_missing_in_an_address_is_named(tmp_path: Path, kind: str, spoilt: str) -> None:
    url = makers.address(kind, "127.0.0.1:1", tmp_path).replace(f"{spoilt}=", "ca_file=")
    with pytest.raises(ProviderAddressError, match=spoilt):
        channels.provider(url)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("twilio+sms", "&segments=0"),
        ("twilio+sms", "&from=14155550100%2B"),
        ("twilio+sms", "&account=AC12"),
        ("twilio+voice", "&from=MG" + "0" * 32),
        ("aliyun+sms", "&param_chars=2"),
        ("aliyun+sms", "&params=title,secret"),
        ("tencent+sms", "&number_per_day=x"),
        ("twilio+sms", "&surprise=1"),
    ],
)
def test_a_wrong_option_stops_the_settings(tmp_path: Path, kind: str, more: str) -> None:
    url = makers.address(kind, "127.0.0.1:1", tmp_path, more=more)
    with pytest.raises(ProviderAddressError):
        send(url)


def test_a_messaging_service_or_a_name_may_send(tmp_path: Path) -> None:
    for sender in ("MG" + "0" * 32, "Ringwatch"):
        made("twilio+sms", "h.example.com", tmp_path, more=f"&from={sender}")


def test_templates_at_one_host_are_told_apart_and_renewed_keys_keep_the_address(
    tmp_path: Path,
) -> None:
    """What stands in the maker's console need not be entered again."""
    one = made("aliyun+sms", "h.example.com", tmp_path)
    other = made("aliyun+sms", "h.example.com", tmp_path, more="&template=SMS_2")
    renewed = made("aliyun+sms", "h.example.com", tmp_path, secret="new", more="&per_s=3&key_id=2")
    assert one.label != other.label
    assert one.hook != other.hook
    assert (renewed.label, renewed.hook) == (one.label, one.hook)


def test_a_text_message_keeps_its_link_and_stays_within_its_segments(
    web: WebServer, tmp_path: Path
) -> None:
    taken = Taken()
    web.judge = makers.twilio(taken)
    long = page(subject="【紧急】" + "很长的名字" * 60)
    send(makers.address("twilio+sms", web.where, tmp_path, more="&segments=2"), long)
    body = taken.letters[0]["form"]["Body"][0]
    assert body.endswith(f"\n{long.link}")
    assert len(body.encode("utf-16-le")) // 2 <= 134


def test_a_call_says_what_and_until_when_and_asks_for_a_key(web: WebServer, tmp_path: Path) -> None:
    taken = Taken()
    web.judge = makers.twilio(taken)
    send(makers.address("twilio+voice", web.where, tmp_path), page())
    form = taken.letters[0]["form"]
    (spoken,) = form["Twiml"]
    for said in ("城南银行", "03:20 前到场", "按 1", 'language="zh-CN"', 'numDigits="1"'):
        assert said in spoken, said
    hook = made("twilio+voice", web.where, tmp_path).hook
    assert form["StatusCallback"] == [f"{HOOKS}/{hook}?attempt=7-2&language=zh"]
    assert form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]


def test_a_call_that_nobody_can_answer_by_key_only_tells(web: WebServer, tmp_path: Path) -> None:
    """No address of ours that Twilio reaches, or nothing to answer; `<` is no markup."""
    taken = Taken()
    web.judge = makers.twilio(taken)
    url = makers.address("twilio+voice", web.where, tmp_path)
    brief = replace(BRIEF, keys="", spoken="a <b> & c")
    for one in (page(hooks=""), page(brief=brief)):
        send(url, one)
    assert all("Gather" not in one["form"]["Twiml"][0] for one in taken.letters)
    assert "StatusCallback" not in taken.letters[0]["form"]
    assert "a &lt;b&gt; &amp; c" in taken.letters[1]["form"]["Twiml"][0]


@pytest.mark.parametrize("kind", ALIYUN)
def test_a_template_is_filled_by_name(web: WebServer, tmp_path: Path, kind: str) -> None:
    taken = Taken()
    web.judge = makers.aliyun(taken)
    send(
        makers.address(kind, web.where, tmp_path),
        page(brief=replace(BRIEF, until="", place="【A】\nB")),
    )
    filled = taken.letters[0]["filled"]
    assert filled == {"title": BRIEF.title, "place": "A B", "until": "-", "token": "S" * 43}
    assert taken.letters[0]["query"]["OutId"] == "7-2"


@pytest.mark.parametrize("kind", ["tencent+sms", "tencent+voice"])
def test_a_template_is_filled_in_order_and_cut(web: WebServer, tmp_path: Path, kind: str) -> None:
    taken = Taken()
    web.judge = makers.tencent(taken)
    send(makers.address(kind, web.where, tmp_path, more="&param_chars=12"))
    said = taken.letters[0]["said"]
    assert said["TemplateParamSet"] == [
        "紧急 请接单：城南银行…",
        "城南银行",
        "请在 03:20 前到场",
        "S" * 43,
    ]
