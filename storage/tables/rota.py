"""Who stands when: turns, decisions, swaps, events, and calendars of it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Table,
    Text,
)

from rules.model import Layer
from storage.tables.columns import facts, identity, instant, metadata, one_of, points_to, words

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
