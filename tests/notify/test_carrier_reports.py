"""What the makers of SMS and calls tell of them, and how they prove it is they who tell (D05)."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from notify import channels
from notify.carrier import Call, Carrier, NotTheirsError
from rules.receipts import Status
from tests.notify import makers
from tests.notify.makers import HOOK_SECRET, HOOKS, MAKERS, SECRET, TWILIO_ACCOUNT, made

UNSIGNED = [kind for kind in MAKERS if not kind.startswith("twilio")]


def _call(provider: Carrier, form: dict[str, str], *, token: str = SECRET, tail: str = "") -> Call:
    url = f"{HOOKS}/{provider.hook}?attempt=7-2&language=zh"
    signature = makers.twilio_signature(url, form, token)
    return Call(
        url=url + tail, headers={"x-twilio-signature": signature}, body=urlencode(form).encode()
    )


@pytest.mark.parametrize(
    ("told", "status", "for_good"),
    [
        ({"MessageStatus": "sent", "MessageSid": "SM1"}, Status.QUEUED, False),
        ({"MessageStatus": "delivered", "MessageSid": "SM1"}, Status.DELIVERED, False),
        ({"MessageStatus": "read", "MessageSid": "SM1"}, Status.READ, False),
        (
            {"MessageStatus": "undelivered", "MessageSid": "SM1", "ErrorCode": "30006"},
            Status.FAILED,
            True,
        ),
        (
            {"MessageStatus": "undelivered", "MessageSid": "SM1", "ErrorCode": "30003"},
            Status.FAILED,
            False,
        ),
        ({"CallStatus": "ringing", "CallSid": "CA1"}, Status.QUEUED, False),
        ({"CallStatus": "in-progress", "CallSid": "CA1"}, Status.ANSWERED, False),
        ({"CallStatus": "no-answer", "CallSid": "CA1"}, Status.UNANSWERED, False),
        ({"CallStatus": "busy", "CallSid": "CA1"}, Status.BUSY, False),
        ({"CallStatus": "failed", "CallSid": "CA1"}, Status.FAILED, False),
        ({"CallStatus": "in-progress", "CallSid": "CA1", "Digits": "1"}, Status.ANSWERED, False),
    ],
)
def test_twilio_is_believed_when_it_signed(
    tmp_path: Path, told: dict[str, str], status: Status, *, for_good: bool
) -> None:
    provider = made("twilio+voice", "127.0.0.1:1", tmp_path)
    (heard,) = provider.hear(_call(provider, {"AccountSid": TWILIO_ACCOUNT, "Empty": "", **told}))
    assert (heard.status, heard.for_good, heard.attempt) == (status, for_good, "7-2")
    assert heard.ref in {"SM1", "CA1"}
    assert heard.key == told.get("Digits", "")


def test_what_twilio_did_not_sign_is_not_believed(tmp_path: Path) -> None:
    provider = made("twilio+sms", "127.0.0.1:1", tmp_path)
    form = {"AccountSid": TWILIO_ACCOUNT, "MessageStatus": "delivered", "MessageSid": "SM1"}
    good = _call(provider, form)
    assert provider.hear(good)
    spoilt = [
        _call(provider, form, token="another"),
        _call(provider, form, tail="&attempt=8-1"),
        replace(good, headers={}),
        replace(good, headers={"x-twilio-signature": "ümlaut"}),
        replace(good, body=good.body.replace(b"delivered", b"failed")),
        replace(good, body=b"\xff"),
        _call(provider, {**form, "AccountSid": "AC" + "f" * 32}),
    ]
    for call in spoilt:
        with pytest.raises(NotTheirsError):
            provider.hear(call)


@pytest.mark.parametrize(
    ("known", "signed"),
    [
        ("https://w.example.com:8443/x?a=1", "https://w.example.com/x?a=1"),
        ("https://w.example.com/x?a=1", "https://w.example.com:443/x?a=1"),
        ("http://w.example.com/x?a=1", "http://w.example.com:80/x?a=1"),
    ],
)
def test_twilio_may_sign_with_the_port_or_without(tmp_path: Path, known: str, signed: str) -> None:
    provider = made("twilio+sms", "127.0.0.1:1", tmp_path)
    form = {"AccountSid": TWILIO_ACCOUNT, "MessageStatus": "read", "MessageSid": "SM1"}
    signature = makers.twilio_signature(signed, form)
    headers = {"x-twilio-signature": signature}
    assert provider.hear(Call(url=known, headers=headers, body=urlencode(form).encode()))


@pytest.mark.parametrize("kind", UNSIGNED)
@pytest.mark.parametrize("secret", ["", "guess", HOOK_SECRET + "0", HOOK_SECRET.lower()])
def test_who_does_not_sign_must_know_our_secret(tmp_path: Path, kind: str, secret: str) -> None:
    provider = made(kind, "127.0.0.1:1", tmp_path)
    call = Call(url="https://x.example.com/", headers={}, body=b"[]", secret=HOOK_SECRET)
    assert provider.hear(call) == ()
    with pytest.raises(NotTheirsError):
        provider.hear(replace(call, secret=secret))


@pytest.mark.parametrize("kind", UNSIGNED)
def test_without_a_secret_nothing_is_believed(tmp_path: Path, kind: str) -> None:
    url = makers.address(kind, "127.0.0.1:1", tmp_path).partition("&hook_file")[0]
    provider = channels.provider(url)
    assert isinstance(provider, Carrier)
    with pytest.raises(NotTheirsError):
        provider.hear(Call(url="", headers={}, body=b"[]", secret=""))


@pytest.mark.parametrize("kind", UNSIGNED)
@pytest.mark.parametrize("body", [b"", b"7", b"\xff", b"[1]", b"[" * 9000, b'"x"'])
def test_what_is_no_report_is_refused(tmp_path: Path, kind: str, body: bytes) -> None:
    provider = made(kind, "127.0.0.1:1", tmp_path)
    with pytest.raises(NotTheirsError):
        provider.hear(Call(url="", headers={}, body=body, secret=HOOK_SECRET))


ALIYUN_SMS = (
    b'[{"phone_number":"13800138000","send_time":"2026-11-23 09:02:03","success":true,'
    b'"err_code":"DELIVERED","err_msg":"ok","sms_size":"1","biz_id":"B1","out_id":"7-2"},'
    b'{"success":false,"err_code":"UNDELIV","err_msg":"off","biz_id":"B2","out_id":"8-1"}]'
)


def test_aliyun_reports_messages_in_lists(tmp_path: Path) -> None:
    provider = made("aliyun+sms", "127.0.0.1:1", tmp_path)
    first, second = provider.hear(Call(url="", headers={}, body=ALIYUN_SMS, secret=HOOK_SECRET))
    assert (first.status, first.ref, first.attempt) == (Status.DELIVERED, "B1", "7-2")
    assert (second.status, second.words, second.attempt) == (Status.FAILED, "UNDELIV off", "8-1")
    assert provider.thank("x", "zh").body == '{"code": 0, "msg": "成功"}'


@pytest.mark.parametrize(
    ("kind", "told", "status", "key"),
    [
        ("aliyun+voice", '[{"call_id":"C1","status_code":"200000"}]', Status.ANSWERED, ""),
        ("aliyun+voice", '[{"call_id":"C1","status_code":"200002"}]', Status.BUSY, ""),
        ("aliyun+voice", '[{"call_id":"C1","status_code":"200003"}]', Status.UNANSWERED, ""),
        ("aliyun+voice", '[{"call_id":"C1","status_code":"200010"}]', Status.FAILED, ""),
        (
            "aliyun+voice",
            '[{"call_id":"C1","status_code":"200000","dtmf":"1"}]',
            Status.ANSWERED,
            "1",
        ),
        (
            "tencent+voice",
            '{"voicekey_callback":{"callid":"C1","keypress":"2"}}',
            Status.ANSWERED,
            "2",
        ),
        (
            "tencent+voice",
            '{"voiceprompt_callback":{"callid":"C1","result":"0"}}',
            Status.ANSWERED,
            "",
        ),
        (
            "tencent+voice",
            '{"voiceprompt_callback":{"callid":"C1","result":"1"}}',
            Status.UNANSWERED,
            "",
        ),
        (
            "tencent+voice",
            '{"voiceprompt_callback":{"callid":"C1","result":"2"}}',
            Status.FAILED,
            "",
        ),
        (
            "tencent+voice",
            '{"voice_failure_callback":{"callid":"C1","failure_code":10,"failure_reason":"忙"}}',
            Status.BUSY,
            "",
        ),
        (
            "tencent+voice",
            '{"voice_failure_callback":{"callid":"C1","failure_code":8,"failure_reason":"空号"}}',
            Status.FAILED,
            "",
        ),
        (
            "tencent+sms",
            '[{"sid":"C1","report_status":"SUCCESS","errmsg":"DELIVRD"}]',
            Status.DELIVERED,
            "",
        ),
        ("tencent+sms", '[{"sid":"C1","report_status":"FAIL","errmsg":"x"}]', Status.FAILED, ""),
    ],
)
def test_calls_and_messages_are_told_in_each_maker_s_words(
    tmp_path: Path, kind: str, told: str, status: Status, key: str
) -> None:
    provider = made(kind, "127.0.0.1:1", tmp_path)
    (heard,) = provider.hear(Call(url="", headers={}, body=told.encode(), secret=HOOK_SECRET))
    assert (heard.status, heard.key, heard.ref) == (status, key, "C1")
