"""Who is to be asked next, and when."""

import heapq
import itertools
from datetime import datetime

from collector.rulebook import Point
from rules.model import DeviceId


class Timers:
    """Who is due next. One question a device and point: hearing it never touches the heap."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, DeviceId, Point]] = []
        self._count = itertools.count()
        self._due: dict[tuple[DeviceId, Point], datetime] = {}

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, due_at: datetime, device_id: DeviceId, point: Point) -> None:
        known = self._due.get((device_id, point))
        if known is not None and known <= due_at:
            return  # it will ask in time, see that it is early, and come again
        self._due[device_id, point] = due_at
        heapq.heappush(self._heap, (due_at, next(self._count), device_id, point))

    def pop(self, until: datetime, *, at_most: int) -> list[tuple[DeviceId, Point]]:
        due: list[tuple[DeviceId, Point]] = []
        while self._heap and self._heap[0][0] <= until and len(due) < at_most:
            due_at, _, device_id, point = heapq.heappop(self._heap)
            if self._due.get((device_id, point)) != due_at:
                continue  # an earlier question took its place
            del self._due[device_id, point]
            due.append((device_id, point))
        return due

    def next_at(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None
