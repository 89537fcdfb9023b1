"""The makers' servers as their documentation has them: they check every signature themselves.

Written apart from the code that signs, step by step after the makers' own descriptions.
"""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from notify import channels
from notify.carrier import Carrier
from tests.notify.receivers import Answer, Request

SECRET = "s3cret-of-the-account"
HOOK_SECRET = "0123456789abcdefABCDEF"
TWILIO_ACCOUNT = "AC" + "0" * 31 + "1"
NUMBER = "+8613800138000"
HOOKS = "https://watch.example.com/hooks/from"


def says(status: int, said: Any, **headers: str) -> Answer:
    body = json.dumps(said, ensure_ascii=False).encode()
    return Answer(status, {"Content-Type": "application/json", **headers}, body)


@dataclass
class Taken:
    """What was taken: by number, and each message or call in full."""

    by_number: Counter[str] = field(default_factory=Counter)
    letters: list[dict[str, Any]] = field(default_factory=list)

    def take(self, number: str, **letter: Any) -> str:
        self.by_number[number] += 1
        self.letters.append({"number": number, **letter})
        return f"ref-{len(self.letters)}"


def twilio(taken: Taken) -> Callable[[Request], Answer]:
    """Basic login by account and token; a form; 201 with a `sid`."""

    def _judge(request: Request) -> Answer:
        scheme, _, packed = request.headers.get("Authorization", "").partition(" ")
        user, _, token = base64.b64decode(packed or "").decode().partition(":")
        if scheme != "Basic" or (user, token) != (TWILIO_ACCOUNT, SECRET):
            return says(401, {"code": 20003, "message": "Authenticate", "status": 401})
        start = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/"
        what = request.path.removeprefix(start).removesuffix(".json")
        form = parse_qs(request.body.decode())
        if what not in {"Messages", "Calls"} or "To" not in form or "From" not in form:
            return says(400, {"code": 21604, "message": "'To' or 'From' is required"})
        if what == "Messages" and len(form["Body"][0]) > 1600:
            return says(400, {"code": 21617, "message": "The concatenated body is too long"})
        ref = taken.take(form["To"][0], what=what, form=form)
        return says(201, {"sid": ref, "status": "queued", "error_code": None})

    return _judge


def aliyun(taken: Taken) -> Callable[[Request], Answer]:
    """ACS3-HMAC-SHA256 over method, path, sorted query, signed headers and the body's hash."""

    def _judge(request: Request) -> Answer:
        refused = _aliyun_refusal({k.lower(): v for k, v in request.headers.items()}, request)
        if refused:
            return says(400, {"Code": refused, "Message": "signature", "RequestId": "1"})
        query = {k: v[0] for k, v in parse_qs(urlsplit(request.path).query).items()}
        action = {k.lower(): v for k, v in request.headers.items()}["x-acs-action"]
        number = query["PhoneNumbers" if action == "SendSms" else "CalledNumber"]
        filled = json.loads(query["TemplateParam" if action == "SendSms" else "TtsParam"])
        if not all(filled.values()):
            said = {"Code": "isv.TEMPLATE_MISSING_PARAMETERS", "Message": "missing"}
            return says(200, said)
        ref = taken.take(number, what=action, filled=filled, query=query)
        name = "BizId" if action == "SendSms" else "CallId"
        return says(200, {"Code": "OK", "Message": "OK", name: ref, "RequestId": "1"})

    return _judge


def _aliyun_refusal(headers: dict[str, str], request: Request) -> str:
    authorization = headers.get("authorization", "")
    if not authorization.startswith("ACS3-HMAC-SHA256 "):
        return "MissingAuthorization"
    pairs = (
        one.partition("=") for one in authorization.removeprefix("ACS3-HMAC-SHA256 ").split(",")
    )
    said = {name: value for name, _, value in pairs}
    body_hash = hashlib.sha256(request.body).hexdigest()
    if headers["x-acs-content-sha256"] != body_hash or not headers["x-acs-signature-nonce"]:
        return "SignatureDoesNotMatch"
    named = said["SignedHeaders"].split(";")
    if not {"host", *(one for one in headers if one.startswith("x-acs-"))} <= set(named):
        return "IncompleteSignature"
    raw = urlsplit(request.path)
    canonical = "POST\n" + raw.path + "\n" + "&".join(sorted(raw.query.split("&"))) + "\n"
    for name in named:
        canonical += name + ":" + headers[name].strip() + "\n"
    canonical += "\n" + said["SignedHeaders"] + "\n" + body_hash
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    good = hmac.digest(SECRET.encode(), to_sign.encode(), "sha256").hex()
    at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    fresh = at.year >= 2026
    spoilt = unquote(raw.query) == raw.query
    if said["Credential"] != "AKID-1" or spoilt or not fresh:
        return "InvalidAccessKeyId.NotFound"
    return "" if said["Signature"] == good else "SignatureDoesNotMatch"


def tencent(taken: Taken) -> Callable[[Request], Answer]:
    """TC3-HMAC-SHA256: a key derived by day and service signs the request's hash."""

    def _judge(request: Request) -> Answer:
        headers = {name.lower(): value for name, value in request.headers.items()}
        action = headers.get("x-tc-action", "")
        service = {"SendSms": "sms", "SendTtsVoice": "vms"}.get(action, "?")
        if not _tencent_signed(headers, request.body, service):
            error = {"Code": "AuthFailure.SignatureFailure", "Message": "signature"}
            return says(200, {"Response": {"Error": error, "RequestId": "1"}})
        said = json.loads(request.body)
        if action == "SendTtsVoice":
            ref = taken.take(said["CalledNumber"], what=action, said=said)
            return says(200, {"Response": {"SendStatus": {"CallId": ref}, "RequestId": "1"}})
        ref = taken.take(said["PhoneNumberSet"][0], what=action, said=said)
        told = {"SerialNo": ref, "Code": "Ok", "Message": "send success"}
        return says(200, {"Response": {"SendStatusSet": [told], "RequestId": "1"}})

    return _judge


def _tencent_signed(headers: dict[str, str], body: bytes, service: str) -> bool:
    authorization = headers.get("authorization", "")
    method, _, rest = authorization.partition(" ")
    said = dict(one.strip().split("=", 1) for one in rest.split(",")) if rest else {}
    if method != "TC3-HMAC-SHA256":
        return False
    stamp = headers["x-tc-timestamp"]
    day = datetime.fromtimestamp(int(stamp), UTC).date().isoformat()
    values = dict(headers, **{"x-tc-action": headers["x-tc-action"].lower()})
    listed = "".join(f"{name}:{values[name]}\n" for name in said["SignedHeaders"].split(";"))
    request = ["POST", "/", "", listed, said["SignedHeaders"], hashlib.sha256(body).hexdigest()]
    whole = hashlib.sha256("\n".join(request).encode()).hexdigest()
    scope = f"{day}/{service}/tc3_request"
    secret_date = hmac.digest(b"TC3" + SECRET.encode(), day.encode(), "sha256")
    secret_service = hmac.digest(secret_date, service.encode(), "sha256")
    signing = hmac.digest(secret_service, b"tc3_request", "sha256")
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{whole}"
    good = hmac.digest(signing, text.encode(), "sha256").hex()
    return said["Credential"] == f"AKID-1/{scope}" and said["Signature"] == good


MAKERS: dict[str, Callable[[Taken], Callable[[Request], Answer]]] = {
    "twilio+sms": twilio,
    "twilio+voice": twilio,
    "aliyun+sms": aliyun,
    "aliyun+voice": aliyun,
    "tencent+sms": tencent,
    "tencent+voice": tencent,
}
_PARAMS = "params=title,place,until,token"
_SAYS = {
    "twilio+sms": f"account={TWILIO_ACCOUNT}&from=%2B14155550100&token_file=",
    "twilio+voice": f"account={TWILIO_ACCOUNT}&from=%2B14155550100&token_file=",
    "aliyun+sms": f"key_id=AKID-1&sign=Ring&template=SMS_1&{_PARAMS}&secret_file=",
    "aliyun+voice": f"key_id=AKID-1&template=TTS_1&{_PARAMS}&secret_file=",
    "tencent+sms": f"key_id=AKID-1&app=1400&sign=Ring&template=11&{_PARAMS}&secret_file=",
    "tencent+voice": f"key_id=AKID-1&app=1400&template=12&{_PARAMS}&secret_file=",
}


def address(kind: str, where: str, folder: Path, *, secret: str = SECRET, more: str = "") -> str:
    """The address of a maker's product at `where`; its secrets lie in files."""
    own = folder / f"secret-{hashlib.sha256(secret.encode()).hexdigest()[:6]}"
    own.write_text(f"{secret}\n", encoding="utf-8")
    hook = folder / "hook"
    hook.write_text(HOOK_SECRET, encoding="utf-8")
    return f"{kind}+http://{where}/?{_SAYS[kind]}{own}&hook_file={hook}{more}"


def made(kind: str, where: str, folder: Path, **how: str) -> Carrier:
    """Our side of that product, as the settings make it."""
    found = channels.provider(address(kind, where, folder, **how))
    assert isinstance(found, Carrier)
    return found


def twilio_signature(url: str, form: dict[str, str], token: str = SECRET) -> str:
    """As Twilio signs its callbacks: the address, then each field by name, then HMAC-SHA1."""
    data = url
    for name in sorted(form):
        data += name + form[name]
    return base64.b64encode(hmac.digest(token.encode(), data.encode(), "sha1")).decode()
