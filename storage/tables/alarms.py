"""Alarm hosts: how each account reaches us, and the guards' events, which are no faults."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from rules.alarms import Sort, Turn
from storage.tables.columns import identity, instant, metadata, one_of, points_to, words

alarm_accounts = Table(  # written with every message, in the transaction that takes it in
    "alarm_accounts",
    metadata,
    Column("account", Text, primary_key=True),
    instant("heard_at", null=True),  # the last message that was taken
    words("recent", default="[]"),  # JSON: sequence, digest, second; a repeat has no effect
    Column("taken", BigInteger, nullable=False, server_default="0"),
    Column("repeated", BigInteger, nullable=False, server_default="0"),
    Column("wrong_length", BigInteger, nullable=False, server_default="0"),
    Column("wrong_clock", BigInteger, nullable=False, server_default="0"),
    Column("refused", BigInteger, nullable=False, server_default="0"),
    instant("refused_at", null=True),
    words("refused_why"),
)

security_events = Table(
    "security_events",
    metadata,
    identity(),
    instant("at", index=True),  # our clock
    instant("occurred_at", null=True),  # the host's word
    points_to("site_id", "sites.id"),
    words("account"),
    words("event"),  # Contact ID number or SIA letters
    words("sort"),
    words("turn"),
    words("partition"),
    words("number"),  # zone or user, as the event has it
    words("text"),  # the host's own words
    one_of("sort", Sort),
    one_of("turn", Turn),
    Index("ix_security_events_site_id_id", "site_id", "id"),
)
