"""Orders, promises, notices and the journal: what a night leaves behind."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from rules.model import ClockSource, Severity, Zone
from storage.tables.columns import Id, facts, identity, instant, metadata, one_of, points_to, words

work_orders = Table(
    "work_orders",
    metadata,
    identity(),
    Column("number", Text, nullable=False, unique=True),
    points_to("site_id", "sites.id"),
    points_to("root_fault_id", "faults.id"),
    words("severity"),
    Column("version", Integer, nullable=False, server_default="1"),
    instant("opened_at"),
    # Frozen when the order opens (A03): re-drawing a ring never changes a running order.
    instant("clock_started_at"),
    words("clock_source"),
    words("zone"),
    Column("on_site_hours", Float, nullable=False),
    words("on_site_rule"),
    instant("on_site_by"),
    # The ladder (A02).
    Column("pages_made", Integer, nullable=False, server_default="0"),
    Column("escalation_id", Id),  # of `escalation_plans`
    instant("ladder_started_at", null=True),
    points_to("first_paged_id", "people.id", null=True),
    points_to("received_by", "people.id", null=True),
    instant("received_at", null=True),
    points_to("head_id", "people.id", null=True),
    instant("head_informed_at", null=True),
    instant("arranged_at", null=True),
    points_to("arranged_by", "people.id", null=True),
    instant("self_dispatched_at", null=True),
    instant("stalled_at", null=True),  # who has it did not set out
    # The way (C06): seven instants, never one status.
    points_to("assignee_id", "people.id", null=True, index=True),
    instant("dispatched_at", null=True),
    instant("appointment_at", null=True),
    instant("departed_at", null=True),
    instant("arrived_at", null=True),
    words("late_reason"),
    instant("diagnosed_at", null=True),
    words("diagnosis"),
    instant("repaired_at", null=True),
    words("repair"),
    instant("verified_at", null=True),
    words("verified_how"),
    instant("left_at", null=True),
    instant("accepted_at", null=True),
    words("accepted_by"),
    instant("closed_at", null=True),
    words("close_reason"),
    one_of("severity", Severity),
    one_of("clock_source", ClockSource),
    one_of("zone", Zone),
    CheckConstraint("on_site_by > clock_started_at", name="deadline_after_start"),
    CheckConstraint(
        "closed_at IS NULL OR close_reason <> ''",
        name="closed_for_a_reason",
    ),
    Index(
        "one_open_order_per_root_cause",
        "root_fault_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "open_orders_by_deadline",
        "on_site_by",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_work_orders_site_id_opened_at", "site_id", "opened_at"),
    Index("ix_work_orders_closed_at", "closed_at"),
)

deadlines = Table(  # every instant at which people are owed something
    "deadlines",
    metadata,
    identity(),
    words("kind"),
    words("subject_kind"),
    Column("subject_id", Id, nullable=False),
    Column("step", Integer, nullable=False, server_default="0"),
    instant("due_at", index=True),  # what the tick asks for
    instant("promised_at"),  # what was promised; `due_at` moves on when a handler fails
    Column("failures", Integer, nullable=False, server_default="0"),
    words("last_error"),
    UniqueConstraint("kind", "subject_kind", "subject_id", "step"),
    one_of(
        "subject_kind",
        (
            *("order", "fault", "alert", "inspection", "maintenance", "drill", "swap"),
            *("occasion", "contact_card", "planned_maintenance"),
        ),
    ),
)

notices = Table(  # the outbox: said in the transaction of its reason, sent outside of any
    "notices",
    metadata,
    identity(),
    Column("key", Text, nullable=False, unique=True),  # names the reason: asking twice is free
    words("kind"),
    Column("rank", Integer, nullable=False),  # 0 emergency, 1 major, 2 minor
    points_to("person_id", "people.id", index=True),
    words("channel"),
    words("target"),
    points_to("order_id", "work_orders.id", null=True, index=True),
    points_to("fault_id", "faults.id", null=True, index=True),
    points_to("site_id", "sites.id", null=True, index=True),
    facts("facts"),
    words("state", default="waiting"),
    instant("created_at", index=True),
    instant("not_before"),
    Column("lease", Integer, nullable=False, server_default="0"),
    instant("leased_until", null=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    instant("done_at", null=True),
    words("text"),  # as it was sent, its personal link masked
    words("why"),  # of a silenced one: what made it unwanted
    Column("alone", Boolean, nullable=False, server_default=text("false")),  # refused in company
    one_of("state", ("waiting", "sending", "sent", "failed", "dead", "silenced")),
    CheckConstraint("rank BETWEEN 0 AND 2", name="rank"),
    Index(  # in the order in which each channel sends
        "notices_to_send",
        "channel",
        "rank",
        "created_at",
        "id",
        sqlite_where=text("state IN ('waiting', 'sending', 'failed')"),
        postgresql_where=text("state IN ('waiting', 'sending', 'failed')"),
    ),
)

notice_attempts = Table(
    "notice_attempts",
    metadata,
    identity(),
    points_to("notice_id", "notices.id", index=True),
    Column("lease", Integer, nullable=False),
    instant("at"),
    instant("ended_at", null=True),
    words("provider"),
    words("result"),  # sent, refused, failed, timeout, unknown
    words("words"),  # the provider's own
    words("ref"),  # by what name the provider speaks of it later
    points_to("carried_by", "notices.id", null=True),  # whose letter it travelled in, of several
    instant("held_until", null=True),  # its provider asked to be left alone until then
    Index("ix_notice_attempts_at", "at"),
    Index(
        "ix_notice_attempts_held_until",
        "held_until",
        sqlite_where=text("held_until IS NOT NULL"),
        postgresql_where=text("held_until IS NOT NULL"),
    ),
    Index(
        "ix_notice_attempts_carried_by",
        "carried_by",
        sqlite_where=text("carried_by IS NOT NULL"),
        postgresql_where=text("carried_by IS NOT NULL"),
    ),
    Index(
        "ix_notice_attempts_ref",
        "ref",
        sqlite_where=text("ref <> ''"),
        postgresql_where=text("ref <> ''"),
    ),
)

alerts = (
    Table(  # faults of our own: the monitor deaf, a page that reached nobody, a clock that jumped
        "alerts",
        metadata,
        identity(),
        words("code"),
        words("subject"),
        facts("facts"),
        instant("opened_at"),
        instant("cleared_at", null=True),
        instant("acknowledged_at", null=True),
        points_to("acknowledged_by", "people.id", null=True),
        Column("pages_made", Integer, nullable=False, server_default="0"),
        Index(
            "one_open_alert_of_a_kind",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )
)

personal_links = Table(
    "personal_links",
    metadata,
    identity(),
    Column("token_hash", Text, nullable=False, unique=True),
    points_to("person_id", "people.id", index=True),
    words("subject_kind"),
    Column("subject_id", Id, nullable=False),
    Column("notice_id", Id),
    instant("created_at"),
    instant("expires_at", index=True),
    instant("used_at", null=True),
    one_of("subject_kind", ("order", "alert", "drill", "digest")),
)

journal = Table(
    "journal",
    metadata,
    identity(),
    instant("at", index=True),
    words("actor"),  # person, monitor, clock, device, system
    Column("person_id", Id),
    words("verb"),
    Column("site_id", Id),
    Column("order_id", Id, index=True),
    Column("fault_id", Id, index=True),
    Column("device_id", Id, index=True),
    words("record"),  # the line of the company's lists that it is about: `sites/12`
    facts("facts"),
    one_of("actor", ("person", "monitor", "clock", "device", "system")),
    Index(
        "ix_journal_record",
        "record",
        sqlite_where=text("record <> ''"),
        postgresql_where=text("record <> ''"),
    ),
)

counters = Table(  # numbers that people read out: orders per year
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
