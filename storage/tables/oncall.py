"""On call: the rota's plans, ladders of calls, drills, and how people answer."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from rules.model import Layer
from storage.tables.columns import Id, facts, identity, instant, metadata, one_of, points_to, words

rotations = Table(  # people who take turns in a layer; `shifts` hold what follows from them
    "rotations",
    metadata,
    identity(),
    words("name"),
    words("layer"),
    words("kind"),
    Column("turn_days", Integer, nullable=False),  # how many counted days one turn lasts
    words("handover", default="08:00"),  # company's clock
    words("days", default="every"),
    words("hours_from"),  # of each such day, `22:00`; empty: from hand-over to hand-over
    words("hours_to"),
    facts("members"),  # ids of people in the order of their turns
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    instant("made_at"),
    points_to("made_by", "people.id", null=True),
    instant("archived_at", null=True),
    one_of("layer", Layer),
    one_of("kind", ("daily", "weekly", "custom")),
    one_of("days", ("every", "workday", "restday")),
    CheckConstraint("turn_days BETWEEN 1 AND 366", name="turn_days"),
)

overrides = Table(  # what somebody decided for a span, above the rotations; the youngest wins
    "overrides",
    metadata,
    identity(),
    words("layer"),
    points_to("person_id", "people.id", null=True, index=True),  # NULL: left empty on purpose
    instant("starts_at"),
    instant("ends_at"),
    words("reason"),
    words("kind", default="override"),
    points_to("occasion_id", "occasions.id", null=True, index=True),
    instant("made_at"),
    points_to("made_by", "people.id", null=True),
    instant("revoked_at", null=True),
    points_to("revoked_by", "people.id", null=True),
    one_of("layer", Layer),
    one_of("kind", ("override", "swap", "occasion")),
    CheckConstraint("starts_at < ends_at", name="lasts"),
    Index("ix_overrides_ends_at", "ends_at"),
)

rota_swaps = Table(  # one offers a span, another takes it, perhaps for one of their own
    "rota_swaps",
    metadata,
    identity(),
    words("layer"),
    points_to("from_id", "people.id", index=True),
    instant("starts_at"),
    instant("ends_at"),
    points_to("to_id", "people.id", null=True, index=True),  # NULL: whoever takes it
    words("return_layer"),
    instant("return_starts_at", null=True),
    instant("return_ends_at", null=True),
    words("note"),
    words("state", default="offered"),
    instant("offered_at"),
    instant("answered_at", null=True),
    points_to("answered_by", "people.id", null=True),
    one_of("layer", Layer),
    one_of("state", ("offered", "accepted", "declined", "withdrawn", "expired")),
    CheckConstraint("starts_at < ends_at", name="lasts"),
)

handover_notes = Table(
    "handover_notes",
    metadata,
    identity(),
    words("layer"),
    instant("changes_at"),  # when the shift it is written for begins
    points_to("from_id", "people.id"),
    points_to("to_id", "people.id", null=True),
    words("text"),
    instant("written_at"),
    instant("read_at", null=True),
    points_to("read_by", "people.id", null=True),
    one_of("layer", Layer),
    Index("ix_handover_notes_changes_at", "changes_at"),
)

occasions = Table(  # a customer's important meeting or event, or a holiday (A08)
    "occasions",
    metadata,
    identity(),
    points_to("customer_id", "customers.id", null=True, index=True),  # NULL: for all of us
    words("name"),
    instant("starts_at"),
    instant("ends_at"),
    facts("site_ids"),  # empty: all sites of the customer
    words("note"),
    instant("made_at"),
    points_to("made_by", "people.id"),
    instant("archived_at", null=True),
    CheckConstraint("starts_at < ends_at", name="lasts"),
    Index("ix_occasions_ends_at", "ends_at"),
)

occasion_guards = Table(  # who stands by on site; called first for that site's faults
    "occasion_guards",
    metadata,
    identity(),
    points_to("occasion_id", "occasions.id", index=True),
    points_to("site_id", "sites.id", index=True),
    points_to("person_id", "people.id", index=True),
    instant("starts_at"),
    instant("ends_at"),
    CheckConstraint("starts_at < ends_at", name="lasts"),
)

preparations = Table(  # what must be done before an occasion
    "preparations",
    metadata,
    identity(),
    points_to("occasion_id", "occasions.id", index=True),
    words("kind", default="check"),
    words("text"),
    Column("due_on", Date, nullable=False),
    points_to("person_id", "people.id", null=True),
    instant("done_at", null=True),
    points_to("done_by", "people.id", null=True),
    words("remark"),
    one_of("kind", ("check", "parts", "contacts", "other")),
)

calendar_feeds = Table(  # a person's shifts for their own calendar program; revocable
    "calendar_feeds",
    metadata,
    identity(),
    points_to("person_id", "people.id", index=True),
    Column("token_hash", Text, nullable=False, unique=True),
    instant("created_at"),
    instant("last_read_at", null=True),
    instant("revoked_at", null=True),
)

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
    points_to("attempt_id", "notice_attempts.id", null=True),
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
    words("way"),  # mail, call, sms, webhook
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

text_templates = Table(  # a company's own words to its customers (C14); absent: ours
    "text_templates",
    metadata,
    identity(),
    words("key"),
    words("language"),
    words("subject"),
    words("body"),
    instant("changed_at"),
    points_to("changed_by", "people.id"),
    UniqueConstraint("key", "language"),
    one_of("language", ("zh", "en")),
)

customer_tellings = Table(  # which steps a contract's customer is told of; absent: the default
    "customer_tellings",
    metadata,
    Column("contract_id", Id, primary_key=True, autoincrement=False),
    facts("steps"),
    instant("changed_at"),
    points_to("changed_by", "people.id"),
)

contact_cards = Table(  # which card a customer was last given (A13)
    "contact_cards",
    metadata,
    identity(),
    points_to("customer_id", "customers.id", index=True),
    Column("digest", Text, nullable=False),
    facts("card"),
    instant("issued_at"),
    points_to("document_id", "documents.id", null=True),
)

access_cards = Table(  # how one gets in (E02); read on record
    "access_cards",
    metadata,
    Column("site_id", Id, primary_key=True, autoincrement=False),
    words("guard_phone"),
    words("key_holder"),
    words("key_phone"),
    words("permit"),
    words("escort"),
    words("parking"),
    Column("travel_min", Integer),  # from the depot, if somebody knows better than the map
    instant("changed_at"),
    points_to("changed_by", "people.id"),
    CheckConstraint("travel_min IS NULL OR travel_min BETWEEN 1 AND 2880", name="travel_min"),
)
