"""A sender as a process of its own, to be killed: DATABASE_URL and the place of a webhook.

With a robot's address beside it, that is the channel `mail`, and the webhook is `ntfy`; its clock
stands still at the instant given then, so that no window of the robot's ends by itself.
"""

import signal
import sys
import threading
from datetime import datetime

from notify import channels
from notify.channels import ChannelPlan
from storage.db import connect
from tests.notify.desk import CLOCK, Turned, channel, sending


def main(database_url: str, where: str, robot: str = "", at: str = "") -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = connect(database_url)
    made = channel("ntfy" if robot else "mail", where)
    if robot:
        made |= channels.build([ChannelPlan(name="mail", providers=(robot,))])
    clock = Turned(datetime.fromisoformat(at)) if at else CLOCK
    with sending(database, made, clock=clock):
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        stop.wait()
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
