"""The body of kind `recordings` (docs/mqtt.md): what one channel recorded within a span."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec

from collector.refusals import UnfitError
from rules.evidence import Span
from rules.recordings import Index
from words.refusals import because

MOST_PARTS = 1000
LONGEST = timedelta(days=31)
_At = Annotated[datetime, msgspec.Meta(tz=True)]
_Spans: TypeAlias = list[tuple[_At, _At]]
_Channel = Annotated[str, msgspec.Meta(max_length=48, pattern=r"\A[^\x00-\x1f]*\Z")]
_Count = Annotated[int, msgspec.Meta(ge=1, le=MOST_PARTS)]


class _Body(msgspec.Struct, rename={"start": "from", "end": "to"}):
    start: _At
    end: _At
    segments: _Spans
    channel: _Channel = ""
    part: _Count = 1
    parts: _Count = 1
    scheduled: _Spans | None = None
    oldest: _At | None = None


_decode = msgspec.json.Decoder(_Body).decode


def read_index(body: bytes) -> Index:
    """Raises ValueError for what cannot be meant."""
    said = _decode(body)
    if said.part > said.parts:
        raise UnfitError(because("part", part=said.part, parts=said.parts))
    start, end = _utc(said.start), _utc(said.end)
    if not timedelta() < end - start <= LONGEST:
        raise UnfitError(because("recorded_span", days=LONGEST.days))
    return Index(
        channel=said.channel,
        start=start,
        end=end,
        part=said.part,
        parts=said.parts,
        segments=_spans(said.segments),
        scheduled=None if said.scheduled is None else _spans(said.scheduled),
        oldest_at=_utc(said.oldest) if said.oldest else None,
    )


def _spans(said: _Spans) -> tuple[Span, ...]:
    return tuple((_utc(start), _utc(end)) for start, end in said)


def _utc(at: datetime) -> datetime:
    """Raises ValueError outside the years that both databases can give back."""
    if not 1970 <= at.year < 9999:  # noqa: PLR2004
        raise UnfitError(because("recorded_year", year=at.year))
    return at.astimezone(UTC)
