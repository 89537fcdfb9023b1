"""Tencent Cloud's SMS and calls, by approved templates only, whose variables are filled in order.

`tencent+sms://sms.tencentcloudapi.com/?key_id=…&secret_file=FILE&app=…&sign=…&template=…&params=…`
and `tencent+voice://vms.tencentcloudapi.com/?key_id=…&secret_file=FILE&app=…&template=…&params=…`.

Signed as TC3-HMAC-SHA256 (cloud.tencent.com, signature
v3). Receipts are pushed unsigned to an address set in their console: it carries our secret.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from notify import carrier, templates
from notify.allowances import Allowance
from notify.carrier import Account, Answer, Ask, Call, Carrier, Craft, NotTheirsError, Thanks
from notify.channel import Letter
from rules.receipts import Status, Tiding

METHOD = "TC3-HMAC-SHA256"
_JSON = "application/json; charset=utf-8"
_SIGNED = "content-type;host;x-tc-action"
_REGION = "ap-guangzhou"
# Busy, or this number has had enough for now; the rest needs a person at the console.
_LATER = (
    "InternalError",
    "LimitExceeded",
    "RequestLimitExceeded",
    "FailedOperation.CallbackTypeNotSupport",
    "ResourceUnavailable",
)
_WAITS_S = {"RequestLimitExceeded": 5.0, "RequestLimitExceeded.UinLimitExceeded": 5.0}
_BUSY = {2, 10}
_UNANSWERED = {5, 20}
_NO_SUCH_NUMBER = {4, 7, 8, 13, 15, 17, 19}
_PROMPTS = {"0": Status.ANSWERED, "1": Status.UNANSWERED}


def authorization(account: Account, service: str, action: str, body: bytes, at: datetime) -> str:
    """For a POST of JSON to `/`; `service` is the product, `sms` or `vms`."""
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    lines = f"content-type:{_JSON}\nhost:{account.host}\nx-tc-action:{action.lower()}\n"
    hashed = hashlib.sha256(body).hexdigest()
    request = f"POST\n/\n\n{lines}\n{_SIGNED}\n{hashed}"
    scope = f"{day}/{service}/tc3_request"
    whole = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join((METHOD, str(int(at.timestamp())), scope, whole))
    key = f"TC3{account.secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signed = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"{account.get('key_id')}/{scope}"
    return f"{METHOD} Credential={credential}, SignedHeaders={_SIGNED}, Signature={signed}"


def _ask(account: Account, letter: Letter, api: tuple[str, str, str], said: Any) -> Ask:
    service, version, action = api
    body = json.dumps(said, ensure_ascii=False).encode(errors="replace")
    headers = {
        "Content-Type": _JSON,
        "Host": account.host,
        "X-TC-Action": action,
        "X-TC-Version": version,
        "X-TC-Timestamp": str(int(letter.at.timestamp())),
        "X-TC-Region": account.get("region") or _REGION,
        "Authorization": authorization(account, service, action, body, letter.at),
    }
    return Ask(where="/", body=body, headers=headers)


def _ask_sms(account: Account, letter: Letter) -> Ask:
    said = {
        "PhoneNumberSet": [letter.target],
        "SmsSdkAppId": account.get("app"),
        "SignName": account.get("sign"),
        "TemplateId": account.get("template"),
        "TemplateParamSet": list(templates.filled(account.options, letter).values()),
        "SessionContext": letter.attempt,
    }
    return _ask(account, letter, ("sms", "2021-01-11", "SendSms"), said)


def _ask_call(account: Account, letter: Letter) -> Ask:
    said = {
        "CalledNumber": letter.target,
        "VoiceSdkAppid": account.get("app"),
        "TemplateId": account.get("template"),
        "TemplateParamSet": list(templates.filled(account.options, letter).values()),
        "PlayTimes": 2,
        "SessionContext": letter.attempt,
    }
    return _ask(account, letter, ("vms", "2020-09-02", "SendTtsVoice"), said)


def _read(said: Mapping[str, Any]) -> Answer | None:
    """An error of the whole request, or the word on our one number."""
    response = said.get("Response")
    if not isinstance(response, dict):
        return None
    error = response.get("Error")
    if isinstance(error, dict):
        words = str(error.get("Message", ""))
        return Answer(taken=False, code=str(error.get("Code", "")), words=words)
    told = response.get("SendStatusSet")
    status = told[0] if isinstance(told, list) and told else response.get("SendStatus")
    if not isinstance(status, dict):
        return None
    code = str(status.get("Code", "Ok" if status.get("CallId") else ""))
    ref = str(status.get("SerialNo") or status.get("CallId") or "")
    return Answer(
        taken=code == "Ok" and bool(ref), code=code, words=str(status.get("Message", "")), ref=ref
    )


def _hear(account: Account, call: Call) -> tuple[Tiding, ...]:
    carrier.with_secret(account, call)
    told = carrier.told_as_json(call)
    if isinstance(told, list) and all(isinstance(one, dict) for one in told):
        return tuple(_of_sms(one) for one in told)
    if not isinstance(told, dict):
        raise NotTheirsError("that is no report")
    found = (_of_call(kind, one) for kind, one in told.items() if isinstance(one, dict))
    return tuple(one for one in found if one)


def _of_sms(one: Mapping[str, Any]) -> Tiding:
    arrived = one.get("report_status") == "SUCCESS"
    return Tiding(
        status=Status.DELIVERED if arrived else Status.FAILED,
        words=f"{one.get('errmsg', '')} {one.get('description', '')}".strip(),
        ref=str(one.get("sid", "")),
    )


def _of_call(kind: str, one: Mapping[str, Any]) -> Tiding | None:
    ref = str(one.get("callid", ""))
    if kind == "voicekey_callback":
        key = str(one.get("keypress", ""))[:1]
        return Tiding(status=Status.ANSWERED, words=f"[{key}]", ref=ref, key=key)
    if kind == "voiceprompt_callback":
        result = str(one.get("result", ""))
        return Tiding(status=_PROMPTS.get(result, Status.FAILED), words=f"result {result}", ref=ref)
    if kind == "voice_failure_callback":
        code = one.get("failure_code")
        return Tiding(
            status=_why(code),
            words=f"{code} {one.get('failure_reason', '')}".strip(),
            ref=ref,
            for_good=code in _NO_SUCH_NUMBER,
        )
    return None


def _why(code: Any) -> Status:
    if code in _BUSY:
        return Status.BUSY
    return Status.UNANSWERED if code in _UNANSWERED else Status.FAILED


def _thank(_words: str, _language: str) -> Thanks:
    return Thanks(media_type="application/json", body='{"result": 0, "errmsg": "OK"}')


def _craft(product: str, ask: Any, needed: tuple[str, ...]) -> Craft:
    return Craft(
        name=f"tencent+{product}",
        secret="secret_file",  # noqa: S106 - the option's name
        needed=("key_id", *needed, *templates.NEEDED),
        options=("region", *templates.OPTIONS),
        allowance=Allowance(per_s=20),
        check=templates.check,
        ask=ask,
        read=_read,
        waits_s=_WAITS_S,
        later=_LATER,
        hear=_hear,
        thank=_thank,
    )


# Calls: 20 a second for an account (cloud.tencent.com); 20 SMS a second is ours. What one number
# may have is set in their console.
SMS = _craft("sms", _ask_sms, ("app", "sign"))
VOICE = _craft("voice", _ask_call, ("app",))


def sms(url: str) -> Carrier:
    return carrier.provider(SMS, url)


def voice(url: str) -> Carrier:
    return carrier.provider(VOICE, url)
