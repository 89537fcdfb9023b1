"""Robots' servers as the makers' are: they check token, signature and rate, and say 200."""

import base64
import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.notify.receivers import Answer, Request

TOKEN, SECRET = "t0ken-a1b2", "SEC-geheim"


def says(http_status: int = 200, /, **said: Any) -> Answer:
    return Answer(http_status, {}, json.dumps(said, ensure_ascii=False).encode())


@dataclass(kw_only=True)
class Room:
    """A group and who may speak in it: `most` messages in a minute, then nothing for `mute_s`."""

    clock: Callable[[], datetime]
    most: int = 20
    mute_s: float = 600
    secret: str = ""
    keyword: str = ""
    texts: list[str] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    muted_until: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def too_many(self) -> bool:
        """Counts this one; whoever is muted stays so."""
        now = self.clock()
        if self.muted_until and now < self.muted_until:
            return True
        self.times = [at for at in self.times if now - at < timedelta(minutes=1)]
        if len(self.times) >= self.most:
            self.muted_until = now + timedelta(seconds=self.mute_s)
            return True
        self.times.append(now)
        return False

    def fresh(self, stamp_s: float) -> bool:
        return abs(self.clock().timestamp() - stamp_s) < 3600


def dingtalk(room: Room) -> Callable[[Request], Answer]:
    def _judge(request: Request) -> Answer:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path != "/robot/send" or query.get("access_token") != TOKEN:
            return says(errcode=300005, errmsg=f"token {query.get('access_token')} is not exist")
        if room.secret:
            stamp = query.get("timestamp", "0")
            key, text = room.secret.encode(), f"{stamp}\n{room.secret}".encode()
            good = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
            if query.get("sign") != good or not room.fresh(int(stamp) / 1000):
                return says(errcode=310000, errmsg="description:机器人发送签名不匹配")
        content = request.json["text"]["content"]
        if room.keyword not in content:
            return says(errcode=310000, errmsg="description:关键词不匹配")
        with room.lock:
            if room.too_many():
                words = "description:发送速度太快而限流;solution:请降低发送速度"
                return says(errcode=130101, errmsg=words)
            room.texts.append(content)
        return says(errcode=0, errmsg="ok")

    return _judge


def wecom(room: Room) -> Callable[[Request], Answer]:
    def _judge(request: Request) -> Answer:
        parts = urlsplit(request.path)
        if parts.path != "/cgi-bin/webhook/send" or parse_qs(parts.query) != {"key": [TOKEN]}:
            return says(errcode=93000, errmsg="invalid webhook url")
        content = request.json["markdown"]["content"]
        if len(content.encode()) > 4096:
            return says(errcode=40058, errmsg="markdown.content exceed max length 4096")
        with room.lock:
            if room.too_many():
                return says(errcode=45009, errmsg="api freq out of limit")
            room.texts.append(content)
        return says(errcode=0, errmsg="ok")

    return _judge


def feishu(room: Room) -> Callable[[Request], Answer]:
    def _judge(request: Request) -> Answer:
        if request.path != f"/open-apis/bot/v2/hook/{TOKEN}":
            return says(code=19001, msg="param invalid: incoming webhook access token invalid")
        said = request.json
        if room.secret:
            stamp = said.get("timestamp", "0")
            key = f"{stamp}\n{room.secret}".encode()
            good = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
            if said.get("sign") != good or not room.fresh(int(stamp)):
                return says(code=19021, msg="sign match fail or timestamp is not within one hour")
        if len(request.body) > 20_000:
            return says(400, code=9499, msg="Bad Request")
        with room.lock:
            if room.too_many():
                return says(code=11232, msg="create message trigger frequency limited")
            room.texts.append(said["content"]["text"])
        return says(StatusCode=0, StatusMessage="success", code=0, data={}, msg="success")

    return _judge


@dataclass
class Incidents:
    """What PagerDuty makes of the events: state by dedup key."""

    states: dict[str, str] = field(default_factory=dict)
    actions: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Request) -> Answer:
        said = request.json
        if request.path != "/v2/enqueue" or said["routing_key"] != TOKEN:
            errors = ["Invalid routing key"]
            return says(
                400, status="invalid event", message="Event object is invalid", errors=errors
            )
        action, key = said["event_action"], said["dedup_key"]
        if action == "trigger" and not said["payload"]["summary"]:
            return says(400, status="invalid event", message="Event object is invalid")
        self.actions[action] += 1
        self.states[key] = action
        return says(202, status="success", message="Event processed", dedup_key=key)


def address(kind: str, where: str, folder: Path, *, secret: str = "", more: str = "") -> str:
    """The address of a robot at `where`; token and secret lie in files."""
    (folder / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    url = f"{kind}+http://{where}/?token_file={folder}/token{more}"
    if secret:
        (folder / "secret").write_text(secret, encoding="utf-8")
        url += f"&secret_file={folder}/secret"
    return url
