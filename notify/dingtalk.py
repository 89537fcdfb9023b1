r"""DingTalk's custom robot: `dingtalk://oapi.dingtalk.com/?token_file=…&secret_file=…`.

20 messages a minute; above that it is muted for ten minutes (130101). Signed where the robot asks
for it: HMAC-SHA256 of `<ms>\n<secret>` with the secret as key, in the query.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from notify import robot
from notify.channel import Letter
from notify.robot import Ask, Craft, Keys, Robot

MUTED_S = 600.0
_MOST_BYTES = 18_000  # of 20,000 for the whole request
_MUTED, _SLOW_DOWN, _BUSY = 130101, 410100, -1


def sign(secret: str, stamp_ms: int) -> str:
    signed = hmac.new(secret.encode(), f"{stamp_ms}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()


def _ask(keys: Keys, letter: Letter) -> Ask:
    query = {"access_token": keys.token}
    if keys.secret:
        stamp_ms = int(letter.at.timestamp() * 1000)
        query |= {"timestamp": str(stamp_ms), "sign": sign(keys.secret, stamp_ms)}
    content = robot.text(keys, letter, most_bytes=_MOST_BYTES)
    body = {"msgtype": "text", "text": {"content": content}, "at": {"isAtAll": False}}
    return Ask(where=f"/robot/send?{urlencode(query)}", body=body)


CRAFT = Craft(
    name="dingtalk",
    ask=_ask,
    read=robot.code_and_words("errcode", "errmsg"),
    per_min=20,
    waits_s={_MUTED: MUTED_S, _SLOW_DOWN: 60.0},
    later=frozenset({_BUSY}),
)


def provider(url: str) -> Robot:
    return robot.provider(CRAFT, url)
