"""A sender as a process of its own, to be killed: DATABASE_URL and the place of a webhook."""

import signal
import sys
import threading

from storage.db import connect
from tests.notify.desk import channel, sending


def main(database_url: str, where: str, lease_s: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = connect(database_url)
    with sending(database, channel("mail", where), lease_s=float(lease_s)):
        stop.wait(60)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
