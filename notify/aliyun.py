"""Aliyun's SMS and calls, by approved templates only.

`aliyun+sms://dysmsapi.aliyuncs.com/?key_id=…&secret_file=FILE&sign=…&template=…&params=title,until`
and `aliyun+voice://dyvmsapi.aliyuncs.com/?key_id=…&secret_file=FILE&template=…&params=title,until`.

Signed as ACS3-HMAC-SHA256 (help.aliyun.com, request structure and
signature V3). What became of a message is pushed unsigned to an address set in their console, so
that address carries our secret (`hook_file`). A key pressed comes with the report of the call.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote

from notify import carrier, numbers, templates
from notify.allowances import Allowance
from notify.carrier import Account, Answer, Ask, Call, Carrier, Craft, NotTheirsError, Thanks
from notify.channel import Letter
from rules.receipts import Status, Tiding

METHOD = "ACS3-HMAC-SHA256"
_VERSION = "2017-05-25"
_NOTHING = hashlib.sha256(b"").hexdigest()
_OK = "OK"
# Busy, or this number has had enough for now; the rest needs a person at the console.
_LATER = (
    "isp.SYSTEM_ERROR",
    "isp.UNKNOWN",
    "isp.GATEWAY_ERROR",
    "isv.BUSINESS_LIMIT",
    "isv.DATA_NOT_EXIST",
    "Throttling",
    "ServiceUnavailable",
    "InternalError",
)
_WAITS_S = dict.fromkeys(("Throttling", "Throttling.User", "Throttling.Api"), 5.0)
_CALLS = {  # their status of a call; what is not named here did not get through
    **dict.fromkeys(("200000", "200001", "200008", "200100", "300000"), Status.ANSWERED),
    **dict.fromkeys(("200002", "200112"), Status.BUSY),
    **dict.fromkeys(("200003", "200113"), Status.UNANSWERED),
    **dict.fromkeys(("200101", "200102", "200103"), Status.QUEUED),
}
_NO_SUCH_NUMBER = {"200004", "200011", "200105", "200116", "200117"}


def authorization(key_id: str, secret: str, query: str, headers: Mapping[str, str]) -> str:
    """For an empty POST to `/`; `headers` are all that is signed, names in lower case."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join(("POST", "/", query, lines, names, headers["x-acs-content-sha256"]))
    text = f"{METHOD}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signed = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{METHOD} Credential={key_id},SignedHeaders={names},Signature={signed}"


def query_of(parameters: Mapping[str, str]) -> str:
    """Sorted by name, every reserved character encoded (RFC 3986)."""
    pairs = sorted(parameters.items())
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _ask(account: Account, letter: Letter, action: str, parameters: Mapping[str, str]) -> Ask:
    query = query_of({name: value for name, value in parameters.items() if value})
    headers = {
        "host": account.host,
        "x-acs-action": action,
        "x-acs-version": _VERSION,
        "x-acs-date": letter.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-content-sha256": _NOTHING,
    }
    signed = authorization(account.get("key_id"), account.secret, query, headers)
    return Ask(where=f"/?{query}", body=b"", headers={**headers, "Authorization": signed})


def _ask_sms(account: Account, letter: Letter) -> Ask:
    parameters = {
        "PhoneNumbers": numbers.at_home_in_china(letter.target),
        "SignName": account.get("sign"),
        "TemplateCode": account.get("template"),
        "TemplateParam": _filled(account, letter),
        "OutId": letter.attempt,
    }
    return _ask(account, letter, "SendSms", parameters)


def _ask_call(account: Account, letter: Letter) -> Ask:
    parameters = {
        "CalledShowNumber": account.get("from"),
        "CalledNumber": numbers.at_home_in_china(letter.target),
        "TtsCode": account.get("template"),
        "TtsParam": _filled(account, letter),
        "PlayTimes": "2",
        "OutId": letter.attempt,  # at most 15 bytes
    }
    return _ask(account, letter, "SingleCallByTts", parameters)


def _filled(account: Account, letter: Letter) -> str:
    return json.dumps(templates.filled(account.options, letter), ensure_ascii=False)


def _read(said: Mapping[str, Any]) -> Answer | None:
    code = said.get("Code")
    if not isinstance(code, str):
        return None
    ref = said.get("BizId") or said.get("CallId") or ""
    words = str(said.get("Message", ""))
    return Answer(taken=code == _OK, code=code, words=words, ref=str(ref))


def _hear(account: Account, call: Call) -> tuple[Tiding, ...]:
    carrier.with_secret(account, call)
    told = carrier.told_as_json(call)
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise NotTheirsError("that is no list of reports")
    return tuple(_of_call(one) if "call_id" in one else _of_sms(one) for one in told)


def _of_sms(one: Mapping[str, Any]) -> Tiding:
    return Tiding(
        status=Status.DELIVERED if one.get("success") is True else Status.FAILED,
        words=f"{one.get('err_code', '')} {one.get('err_msg', '')}".strip(),
        ref=str(one.get("biz_id", "")),
        attempt=str(one.get("out_id") or ""),
    )


def _of_call(one: Mapping[str, Any]) -> Tiding:
    code, key = str(one.get("status_code", "")), str(one.get("dtmf") or "")[:1]
    words = [code, str(one.get("status_msg") or ""), f"[{key}]" if key else ""]
    return Tiding(
        status=Status.ANSWERED if key else _CALLS.get(code, Status.FAILED),
        words=" ".join(filter(None, words)),
        ref=str(one.get("call_id", "")),
        attempt=str(one.get("out_id") or ""),
        key=key,
        for_good=code in _NO_SUCH_NUMBER,
    )


def _thank(_words: str, _language: str) -> Thanks:
    return Thanks(media_type="application/json", body='{"code": 0, "msg": "成功"}')


def _craft(product: str, ask: Any, allowance: Allowance, **more: tuple[str, ...]) -> Craft:
    return Craft(
        name=f"aliyun+{product}",
        secret="secret_file",  # noqa: S106 - the option's name
        needed=("key_id", *more.get("needed", ()), *templates.NEEDED),
        options=(*more.get("options", ()), *templates.OPTIONS),
        allowance=allowance,
        check=templates.check,
        ask=ask,
        read=_read,
        waits_s=_WAITS_S,
        later=_LATER,
        hear=_hear,
        thank=_thank,
    )


# A notice to one number by one template: 50 a day. A call: once a minute, 5 an hour, 20 a day
# (help.aliyun.com). 20 a second in all is ours; they allow thousands.
SMS = _craft("sms", _ask_sms, Allowance(per_s=20, number_per_day=50), needed=("sign",))
VOICE = _craft(
    "voice",
    _ask_call,
    Allowance(per_s=20, number_per_min=1, number_per_hour=5, number_per_day=20),
    options=("from",),
)


def sms(url: str) -> Carrier:
    return carrier.provider(SMS, url)


def voice(url: str) -> Carrier:
    return carrier.provider(VOICE, url)
