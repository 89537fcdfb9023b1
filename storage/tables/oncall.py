"""Being called: plans, how people answer, drills, and the sign of life to the outside."""

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.columns import facts, identity, instant, metadata, one_of, points_to, words

escalation_plans = Table(  # never changed: who edits one writes the next version
    "escalation_plans",
    metadata,
    identity(),
    words("name"),
    Column("version", Integer, nullable=False, server_default="1"),
    facts("plan"),  # `rules.escalation.Plan` as it stands
    instant("made_at"),
    points_to("made_by", "people.id", null=True),
    instant("retired_at", null=True),
    UniqueConstraint("name", "version"),
)

escalation_bindings = Table(  # for whom a plan holds; the most particular binding wins
    "escalation_bindings",
    metadata,
    identity(),
    words("plan_name"),
    points_to("contract_id", "contracts.id", null=True, index=True),
    points_to("site_id", "sites.id", null=True, index=True),
    words("severity"),  # empty: all
    instant("made_at"),
    points_to("made_by", "people.id", null=True),
)

receipts = Table(  # what a provider tells of a letter after it took it
    "receipts",
    metadata,
    identity(),
    points_to("notice_id", "notices.id", index=True),
    points_to("attempt_id", "notice_attempts.id"),
    instant("at"),
    words("status"),
    words("words"),  # the provider's own
    UniqueConstraint("attempt_id", "status"),  # told twice is told
    one_of("status", ("queued", "delivered", "read", "answered", "unanswered", "busy", "failed")),
)

reply_tokens = Table(  # what a mail's answer or a pressed key is known by; hashed
    "reply_tokens",
    metadata,
    identity(),
    Column("token_hash", Text, nullable=False, unique=True),
    points_to("notice_id", "notices.id", index=True),
    instant("created_at"),
    instant("expires_at", index=True),
    instant("used_at", null=True),
)

answers_received = Table(  # each answer from outside once, whatever became of it
    "answers_received",
    metadata,
    identity(),
    Column("key", Text, nullable=False, unique=True),  # `mail:<message id>`, `call:<sid>`
    words("way"),  # mail, call, push, webhook
    instant("at", index=True),
    points_to("notice_id", "notices.id", null=True, index=True),
    points_to("person_id", "people.id", null=True),
    words("verb"),
    words("result"),  # done, not_now, not_understood, unknown_sender, ...
)

push_subscriptions = Table(  # a browser that asked to be told; the address is its secret
    "push_subscriptions",
    metadata,
    identity(),
    points_to("person_id", "people.id", index=True),
    Column("endpoint", Text, nullable=False, unique=True),
    words("p256dh"),
    words("auth"),
    words("device"),  # browser and system in words
    instant("created_at"),
    instant("last_sent_at", null=True),
    instant("gone_at", null=True),
)

drills = Table(
    "drills",
    metadata,
    identity(),
    words("name"),
    instant("due_at", null=True),
    words("repeats"),  # an iCalendar RRULE; empty: once
    facts("people"),  # ids of people; empty: whoever stands in `layers`
    facts("layers"),
    Column("announced", Boolean, nullable=False, server_default=text("false")),
    Column("limit_s", Integer, nullable=False),
    instant("made_at"),
    points_to("made_by", "people.id"),
    instant("started_at", null=True),
    instant("ended_at", null=True),
    instant("cancelled_at", null=True),
    points_to("follows_id", "drills.id", null=True),  # the one it repeats
)

drill_calls = Table(  # one person on one channel
    "drill_calls",
    metadata,
    identity(),
    points_to("drill_id", "drills.id", index=True),
    points_to("person_id", "people.id", index=True),
    words("channel"),
    points_to("notice_id", "notices.id", null=True),
    instant("told_at"),
    instant("answered_at", null=True),
    words("answered_how"),
    UniqueConstraint("drill_id", "person_id", "channel"),
)

outside_pings = Table(  # the dead-man's switch: each ping and why one was left out
    "outside_pings",
    metadata,
    identity(),
    instant("at", index=True),
    Column("sent", Boolean, nullable=False),
    Column("taken", Boolean, nullable=False),
    words("words"),
    facts("checks"),
)
