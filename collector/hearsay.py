"""What is not a device's own live word: retained messages, and what others say about it.

A retained message is what was once said, not news: it fills an empty page and touches no clock.
What it says of flags is judged as soon as the device itself is heard, for then it is still so.
"""

from collector.memory import Memory, Watched, Work
from collector.wire import Reading
from rules.model import DeviceId


def hear_retained(memory: Memory, work: Work, device_id: DeviceId, reading: Reading) -> None:
    watched = work.of(memory, device_id)
    if reading.kind == "state":
        if watched.heard_at is None and not watched.word:
            watched.word = reading.word
            work.spoke.add(device_id)
        return
    _forget(watched, reading)
    if reading.metrics or reading.flags:
        watched.metrics = {**watched.metrics, **reading.metrics}
        watched.flags = {**watched.flags, **reading.flags}
        watched.hearsay = {**watched.hearsay, **reading.flags}
    if reading.metrics or reading.flags or reading.gone:
        work.spoke.add(device_id)


def hear_about(memory: Memory, work: Work, device_id: DeviceId, reading: Reading) -> None:
    """Somebody else, a bridge perhaps, speaks of it: how often it reports, what is gone."""
    watched = work.of(memory, device_id)
    _forget(watched, reading)
    if reading.interval_s is not None:
        watched.said_interval_s = reading.interval_s
    if reading.gone or reading.interval_s is not None:
        work.spoke.add(device_id)


def still_so(watched: Watched) -> Reading | None:
    """What was only known from retained messages, now that the device itself was heard."""
    if not watched.hearsay:
        return None
    flags, watched.hearsay = watched.hearsay, {}
    return Reading(watched.device.site_code, watched.device.code, "health", flags=flags)


def _forget(watched: Watched, reading: Reading) -> None:
    """Gone is neither good nor bad: what was known is not known any more."""
    if not reading.gone:
        return
    watched.hearsay = {n: v for n, v in watched.hearsay.items() if n not in reading.gone}
    for name in reading.gone:
        watched.metrics.pop(name, None)
        watched.flags.pop(name, None)
