r"""Feishu's (Lark's) custom bot: `feishu://open.feishu.cn/?token_file=…&secret_file=…`.

100 messages a minute and 5 a second; 20 KB. Signed where the bot asks for it: HMAC-SHA256 of
nothing with `<s>\n<secret>` as key, in the body.
"""

import base64
import hashlib
import hmac
from typing import Any

from notify import robot
from notify.channel import Letter
from notify.robot import Ask, Craft, Keys, Robot

_MOST_BYTES = 16_000  # the request's 20 KB count quotes and line ends as written in JSON
_TOO_OFTEN, _TOO_OFTEN_API, _BUSY = 11232, 99991400, 11233
_PLAIN = str.maketrans("<>", "＜＞")  # `<at user_id="all">` would call everybody


def sign(secret: str, stamp_s: int) -> str:
    signed = hmac.new(f"{stamp_s}\n{secret}".encode(), b"", hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()


def _ask(keys: Keys, letter: Letter) -> Ask:
    text = robot.text(keys, letter, most_bytes=_MOST_BYTES, plain=_PLAIN)
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if keys.secret:
        stamp_s = int(letter.at.timestamp())
        body |= {"timestamp": str(stamp_s), "sign": sign(keys.secret, stamp_s)}
    return Ask(where=f"/open-apis/bot/v2/hook/{keys.token}", body=body)


CRAFT = Craft(
    name="feishu",
    ask=_ask,
    read=robot.code_and_words("code", "msg"),
    per_min=100,
    per_s=5,
    waits_s={_TOO_OFTEN: 30.0, _TOO_OFTEN_API: 30.0},
    later=frozenset({_BUSY}),
)


def provider(url: str) -> Robot:
    return robot.provider(CRAFT, url)
