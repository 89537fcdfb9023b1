"""Readings. On SQLite they live in a file of their own, so that curves never block a page."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from storage.tables.columns import Id, identity, instant, words

telemetry_metadata = MetaData()

SHARD = 32  # devices whose readings share a row: few pages a batch, little to read for a curve

hot = Table(  # the last 48 hours: what one instant brought for one shard of devices
    "hot",
    telemetry_metadata,
    Column("shard", Id, primary_key=True, autoincrement=False),  # device id // SHARD
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("lines", Text, nullable=False),  # JSON lines: [device id, {metric: number}]
    Index("ix_hot_at_ms", "at_ms"),
    sqlite_with_rowid=False,
)

hourly = Table(
    "hourly",
    telemetry_metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    Column("metric", Text, primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # hours since 1970, UTC
    Column("samples", Integer, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("total", Float, nullable=False),
    sqlite_with_rowid=False,
)

sealed = Table(  # a day of one device in one piece: see `storage/sealed.py`
    "sealed",
    telemetry_metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),  # days since 1970, UTC
    Column("readings", LargeBinary, nullable=False),
    Index("ix_sealed_day", "day"),
)

curve_progress = Table(  # how far hot rows have been folded into hours, and sealed by days
    "curve_progress",
    telemetry_metadata,
    Column("work", Text, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),  # everything before it is done
)

late_hours = Table(  # hours of a shard into which something came after their turn
    "late_hours",
    telemetry_metadata,
    Column("work", Text, primary_key=True),  # what has yet to look at them again: fold, ship
    Column("shard", Id, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),
)

shipping = Table(  # one row: how far the outside store has been told, and how that goes
    "shipping",
    telemetry_metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),  # the last row it took: instant and shard
    Column("shard", Id, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("lost", BigInteger, nullable=False),
    instant("told_at", null=True),
    instant("ailing_since", null=True),
    words("why"),
)

refused_points = Table(  # what the outside store would not take, the last thousands
    "refused_points",
    telemetry_metadata,
    identity(),
    instant("at"),
    Column("line", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
