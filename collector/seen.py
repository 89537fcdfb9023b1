"""Exactly one effect: which messages have had theirs, by (packet number, crc32)."""

from collections import deque
from collections.abc import Sequence

from storage import listening
from storage.db import Tx

Pair = tuple[int, int]


class Seen:
    """The pairs of the last batches, as many as MQTT has packet numbers.

    A message the broker repeats carries DUP, the same number and the same bytes (measured with
    mosquitto: 20 of 20). Each batch writes its pairs in its own transaction.
    """

    def __init__(self) -> None:
        self._crc_by_mid: dict[int, int] = {}
        self._batches: deque[tuple[int, int]] = deque()  # batch id, how many pairs
        self._count = 0

    def load(self, tx: Tx) -> None:
        self.forget()
        for batch_id, pairs in listening.remembered(tx):
            self.keep(batch_id, pairs)

    def has(self, pair: Pair) -> bool:
        return self._crc_by_mid.get(pair[0]) == pair[1]

    def write(self, tx: Tx, pairs: Sequence[Pair]) -> int:
        """Store the batch and drop what is outworn; returns the batch's id, 0 for none."""
        if not pairs:
            return 0
        listening.forget_batches(tx, self._outworn(len(pairs)))
        return listening.remember(tx, pairs)

    def keep(self, batch_id: int, pairs: Sequence[Pair]) -> None:
        """The batch is durable: remember it here too."""
        if not pairs:
            return
        for _ in self._outworn(len(pairs)):
            self._count -= self._batches.popleft()[1]
        self._batches.append((batch_id, len(pairs)))
        self._count += len(pairs)
        self._crc_by_mid.update(pairs)

    def forget(self) -> None:
        self._crc_by_mid.clear()
        self._batches.clear()
        self._count = 0

    def _outworn(self, coming: int) -> list[int]:
        """Batches so old that every packet number of theirs has been given out again."""
        over = self._count + coming - listening.MIDS
        gone: list[int] = []
        for batch_id, count in self._batches:
            over -= count
            if over < 0:
                break
            gone.append(batch_id)
        return gone
