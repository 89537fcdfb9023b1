"""Readings. On SQLite they live in a file of their own, so that curves never block a page."""

from sqlalchemy import BigInteger, Column, Float, Integer, LargeBinary, MetaData, Table, Text

from storage.tables.columns import Id

telemetry_metadata = MetaData()

hot = Table(  # one packed row per message, the last 48 hours
    "hot",
    telemetry_metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("packed", LargeBinary, nullable=False),  # msgpack: name -> number
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
