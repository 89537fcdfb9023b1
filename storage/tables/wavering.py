"""What is remembered of a device beyond its last word, and what its recordings lacked."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, Table, Text, text

from storage.tables.columns import Id, identity, instant, metadata, points_to

device_memories = Table(  # restarts, comings and goings, disks...; written with the batch
    "device_memories",
    metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # JSON, as the value of `rules/` it is
)

recording_channels = Table(  # the last whole answer about each channel of a recorder
    "recording_channels",
    metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    Column("channel", Text, primary_key=True),
    instant("asked_at"),
    instant("starts_at"),
    instant("ends_at"),
    instant("oldest_at", null=True),
)

recording_gaps = Table(  # the log of evidence: what was not recorded, and whether it was agreed
    "recording_gaps",
    metadata,
    identity(),
    points_to("device_id", "devices.id"),
    Column("channel", Text, nullable=False),
    instant("starts_at"),
    instant("ends_at"),
    Column("planned", Boolean, nullable=False, server_default=text("false")),
    Index("ix_recording_gaps_device_id_ends_at", "device_id", "ends_at"),
)
