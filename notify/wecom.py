"""WeCom's group robot: `wecom://qyapi.weixin.qq.com/?token_file=…` (the webhook's `key`).

20 messages a minute (45009 above that); 4,096 bytes of markdown.
"""

from urllib.parse import urlencode

from notify import robot
from notify.channel import Letter
from notify.robot import OPTIONS, Ask, Craft, Keys, Robot

MOST_BYTES = 4096
_TOO_OFTEN, _AT_ONCE, _BUSY = 45009, 45033, -1
_PLAIN = str.maketrans("<>*[]`", "＜＞＊［］'")  # wide forms are no markup


def _ask(keys: Keys, letter: Letter) -> Ask:
    content = robot.text(keys, letter, most_bytes=MOST_BYTES, plain=_PLAIN)
    return Ask(
        where=f"/cgi-bin/webhook/send?{urlencode({'key': keys.token})}",
        body={"msgtype": "markdown", "markdown": {"content": content}},
    )


CRAFT = Craft(
    name="wecom",
    ask=_ask,
    read=robot.code_and_words("errcode", "errmsg"),
    per_min=20,
    waits_s={_TOO_OFTEN: 60.0, _AT_ONCE: 5.0},
    later=frozenset({_BUSY}),
    options=tuple(name for name in OPTIONS if name != "secret_file"),
)


def provider(url: str) -> Robot:
    return robot.provider(CRAFT, url)
