"""Who may come in, and since when."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, UniqueConstraint, text

from storage.tables.columns import Id, facts, identity, instant, metadata, one_of, points_to, words

logins = Table(
    "logins",
    metadata,
    identity(),
    Column("person_id", Id, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),  # casefolded
    words("password_hash"),
    Column("must_change", Boolean, nullable=False, server_default=text("false")),
    instant("changed_at"),
    words("totp_secret"),  # sealed with the installation's secret; '' without a second factor
    instant("totp_since", null=True),
    Column("totp_last_step", Integer, nullable=False, server_default="0"),  # a code works once
    words("recovery_hashes", default="[]"),
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
    words("how", default="password"),  # password, totp, oidc, link
    instant("second_factor_until", null=True),  # logged in half: the code is still owed
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

api_tokens = Table(  # what programs come in with; the token itself is with its owner alone
    "api_tokens",
    metadata,
    identity(),
    Column("token_hash", Text, nullable=False, unique=True),
    points_to("person_id", "people.id", index=True),
    words("name"),
    facts("scopes"),
    instant("created_at"),
    instant("expires_at"),
    instant("last_used_at", null=True),
    instant("revoked_at", null=True),
)

api_answers = Table(  # what a POST with an Idempotency-Key was answered, for a day
    "api_answers",
    metadata,
    Column("token_id", Id, ForeignKey("api_tokens.id"), primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    words("request"),  # SHA-256 of method, path and body
    instant("at", index=True),
    Column("status", Integer, nullable=False, server_default="0"),
    facts("headers"),
    words("body"),
)

access_links = Table(  # single-purpose: random, hashed here, expiring, useless by GET
    "access_links",
    metadata,
    identity(),
    Column("token_hash", Text, nullable=False, unique=True),
    words("purpose"),
    points_to("person_id", "people.id", index=True),
    points_to("created_by", "people.id", null=True),
    instant("created_at"),
    instant("expires_at", index=True),
    instant("used_at", null=True),
    one_of("purpose", ("reset", "invitation", "magic")),
)

outside_identities = Table(  # OIDC: who of theirs is who of ours
    "outside_identities",
    metadata,
    identity(),
    words("issuer"),
    words("subject"),
    points_to("person_id", "people.id", index=True),
    instant("linked_at"),
    UniqueConstraint("issuer", "subject"),
)
