"""A sender as a process of its own, to be killed: DATABASE_URL and the place of a webhook.

With a robot's address beside it, that is the channel `mail`, and the webhook is `ntfy`.
"""

import signal
import sys
import threading

from notify import channels
from notify.channels import ChannelPlan
from storage.db import connect
from tests.notify.desk import channel, sending


def main(database_url: str, where: str, lease_s: str, robot: str = "") -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = connect(database_url)
    made = channel("ntfy" if robot else "mail", where)
    if robot:
        made |= channels.build([ChannelPlan(name="mail", providers=(robot,))])
    with sending(database, made, lease_s=float(lease_s)):
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        stop.wait(60)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
