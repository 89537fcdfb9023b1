"""Readings. On SQLite they live in a file of their own, so that curves never block a page."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text

from storage.tables.columns import Id

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
