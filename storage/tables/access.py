"""Who may come in, and since when."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, text

from storage.tables.columns import Id, identity, instant, metadata, points_to, words

logins = Table(
    "logins",
    metadata,
    identity(),
    Column("person_id", Id, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),  # casefolded
    words("password_hash"),
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    instant("changed_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    points_to("login_id", "logins.id", index=True),
    instant("created_at"),
    instant("seen_at"),
    instant("expires_at", index=True),
    words("agent"),
    words("address"),
)

throttles = Table(  # failed tries by account and by address, in the same database
    "throttles",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    instant("last_at", index=True),
    instant("blocked_until", null=True),
)

setup_tokens = Table(  # the one-time token of the first run
    "setup_tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    instant("created_at"),
    instant("used_at", null=True),
)
