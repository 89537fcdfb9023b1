"""What devices said, what follows from it, and how well we were listening."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from storage.tables.columns import Id, facts, identity, instant, metadata, points_to, words

device_states = Table(
    "device_states",
    metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    words("wire_state"),  # the device's last word: online, offline, sleeping, stopped, unknown, ''
    instant("wire_state_at", null=True),
    instant("last_heard_at", null=True),  # our clock; never the device's
    instant("device_t", null=True),  # the device's own clock: evidence only
    Column("seq", BigInteger),
    Column("clock_offset_s", Float),
    Column("interval_s", Float),  # what the device says of its own reporting
    words("metrics", default="{}"),  # JSON: name -> number, overlaid, absent is not false
    words("flags", default="{}"),  # JSON: name -> bool
)

conditions = Table(  # what is (or was) true of a device, not yet or no longer a fault
    "conditions",
    metadata,
    Column("device_id", Id, primary_key=True, autoincrement=False),
    Column("code", Text, primary_key=True),
    Column("point", Text, primary_key=True, server_default=""),
    instant("true_since"),
    instant("clear_since", null=True),
    facts("evidence"),
    Index(
        "conditions_that_hold",
        "code",
        sqlite_where=text("clear_since IS NULL"),
        postgresql_where=text("clear_since IS NULL"),
    ),
)

revision = Table(  # bumped by every change of devices, links, policy, maintenance
    "revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

listening = Table(
    "listening",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    instant("watermark", null=True),  # when the last echo that came back was sent
    instant("stalled_since", null=True),
    instant("connected_at", null=True),
    words("session"),
    Column("messages", BigInteger, nullable=False, server_default="0"),
    Column("rejected", BigInteger, nullable=False, server_default="0"),
    Column("repeated", BigInteger, nullable=False, server_default="0"),
    Column("dropped", BigInteger),  # the broker's own count of messages it threw away
    CheckConstraint("id = 1", name="single"),
)

deaf_spells = Table(  # stretches of time in which messages may have been lost to us
    "deaf_spells",
    metadata,
    identity(),
    instant("starts_at"),
    instant("ends_at", index=True),
    words("why"),
    CheckConstraint("starts_at <= ends_at", name="lasts"),
)

seen_batches = Table(  # exactly one effect: what a redelivery would repeat
    "seen_batches",
    metadata,
    identity(),
    Column("count", Integer, nullable=False),
    Column("pairs", LargeBinary, nullable=False),  # (mid, crc32) as little-endian u16, u32
)

rejects = Table(
    "rejects",
    metadata,
    identity(),
    instant("at", index=True),
    words("topic"),
    Column("body", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    words("reason"),
    words("traceback"),
)

discovered = Table(
    "discovered",
    metadata,
    Column("site", Text, primary_key=True),
    Column("dialect", Text, primary_key=True, server_default="native"),
    Column("device", Text, primary_key=True),
    instant("first_at"),
    instant("last_at", index=True),
    Column("messages", BigInteger, nullable=False, server_default="1"),
    words("topic"),
    words("sample"),
    words("guess", default="{}"),  # JSON: what it says it is
    Column("ignored", Boolean, nullable=False, server_default=text("false")),
)

faults = Table(
    "faults",
    metadata,
    identity(),
    points_to("device_id", "devices.id"),
    points_to("site_id", "sites.id"),
    words("code"),
    words("point"),
    words("severity"),
    words("source"),
    words("why"),
    facts("evidence"),
    instant("opened_at"),
    instant("began_after", null=True),  # it began between these two, as far as one can tell
    instant("began_before", null=True),
    instant("provisional_until", null=True),
    Column("suspect_id", Id),  # the device that it waited for: silent too, but not yet due
    points_to("explained_by", "faults.id", null=True, index=True),
    Column("order_id", Id, index=True),
    Column("maintenance_id", Id, index=True),  # it disturbed nobody: people were at work there
    Column("repeat_of", Id, index=True),  # the same fault as one not long ago
    Column("occurrences", Integer, nullable=False, server_default="1"),
    instant("cleared_at", null=True),
    words("clear_why"),
    Index(
        "one_open_fault_of_a_kind",
        "device_id",
        "code",
        "point",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
    Index(
        "open_faults_of_a_site",
        "site_id",
        "code",
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
    Index("ix_faults_device_id_opened_at", "device_id", "opened_at"),
    Index("ix_faults_opened_at", "opened_at"),
    CheckConstraint("explained_by <> id", name="not_its_own_cause"),
)
