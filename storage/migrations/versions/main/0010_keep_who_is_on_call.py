"""Keep who is on call."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_LAYERS = "'first', 'second', 'lead', 'head', 'deputy'"
_SUBJECTS = (
    "'order', 'fault', 'alert', 'inspection', 'maintenance', 'drill', 'swap', 'occasion', "
    "'contact_card', 'planned_maintenance'"
)
# Until now every shift was somebody's decision.
_AS_DECIDED = """
INSERT INTO overrides (layer, person_id, starts_at, ends_at, reason, kind, made_at)
SELECT layer, person_id, starts_at, ends_at, '', 'override', starts_at FROM shifts
"""


def upgrade() -> None:
    op.create_table(
        "outside_pings",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_pings")),
    )
    with op.batch_alter_table("outside_pings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outside_pings_at"), ["at"], unique=False)

    op.create_table(
        "access_cards",
        sa.Column(
            "site_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("guard_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("key_holder", sa.Text(), server_default="", nullable=False),
        sa.Column("key_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("permit", sa.Text(), server_default="", nullable=False),
        sa.Column("escort", sa.Text(), server_default="", nullable=False),
        sa.Column("parking", sa.Text(), server_default="", nullable=False),
        sa.Column("travel_min", sa.Integer(), nullable=True),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column(
            "changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "travel_min IS NULL OR travel_min BETWEEN 1 AND 2880",
            name=op.f("ck_access_cards_travel_min"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_access_cards_changed_by")
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_access_cards")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("last_read_at", Utc(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    with op.batch_alter_table("calendar_feeds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_feeds_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "customer_tellings",
        sa.Column(
            "contract_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column(
            "changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_customer_tellings_changed_by")
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_customer_tellings")),
    )
    op.create_table(
        "drills",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", Utc(), nullable=True),
        sa.Column("repeats", sa.Text(), server_default="", nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("layers", sa.JSON(), nullable=False),
        sa.Column("announced", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("cancelled_at", Utc(), nullable=True),
        sa.Column(
            "follows_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["drills.id"], name=op.f("fk_drills_follows_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_drills_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
    )
    op.create_table(
        "escalation_plans",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("retired_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_escalation_plans_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_plans")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_escalation_plans_name_version")),
    )
    op.create_table(
        "handover_notes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("layer", sa.Text(), server_default="", nullable=False),
        sa.Column("changes_at", Utc(), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("written_at", Utc(), nullable=False),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("read_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "layer IN ('first', 'second', 'lead', 'head', 'deputy')",
            name=op.f("ck_handover_notes_layer"),
        ),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"], name=op.f("fk_handover_notes_from_id")),
        sa.ForeignKeyConstraint(["read_by"], ["people.id"], name=op.f("fk_handover_notes_read_by")),
        sa.ForeignKeyConstraint(["to_id"], ["people.id"], name=op.f("fk_handover_notes_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_notes")),
    )
    with op.batch_alter_table("handover_notes", schema=None) as batch_op:
        batch_op.create_index("ix_handover_notes_changes_at", ["changes_at"], unique=False)

    op.create_table(
        "occasions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("site_ids", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("archived_at", Utc(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_occasions_lasts")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_occasions_customer_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_occasions_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasions")),
    )
    with op.batch_alter_table("occasions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occasions_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_occasions_ends_at", ["ends_at"], unique=False)

    op.create_table(
        "push_subscriptions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), server_default="", nullable=False),
        sa.Column("auth", sa.Text(), server_default="", nullable=False),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("last_sent_at", Utc(), nullable=True),
        sa.Column("gone_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_push_subscriptions_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    with op.batch_alter_table("push_subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_push_subscriptions_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "rota_swaps",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("layer", sa.Text(), server_default="", nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("return_layer", sa.Text(), server_default="", nullable=False),
        sa.Column("return_starts_at", Utc(), nullable=True),
        sa.Column("return_ends_at", Utc(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="offered", nullable=False),
        sa.Column("offered_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column(
            "answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "layer IN ('first', 'second', 'lead', 'head', 'deputy')",
            name=op.f("ck_rota_swaps_layer"),
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_rota_swaps_state"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_rota_swaps_lasts")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_rota_swaps_answered_by")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"], name=op.f("fk_rota_swaps_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["people.id"], name=op.f("fk_rota_swaps_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_swaps")),
    )
    with op.batch_alter_table("rota_swaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rota_swaps_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rota_swaps_to_id"), ["to_id"], unique=False)

    op.create_table(
        "rotations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("layer", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("turn_days", sa.Integer(), nullable=False),
        sa.Column("handover", sa.Text(), server_default="08:00", nullable=False),
        sa.Column("days", sa.Text(), server_default="every", nullable=False),
        sa.Column("hours_from", sa.Text(), server_default="", nullable=False),
        sa.Column("hours_to", sa.Text(), server_default="", nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("archived_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "days IN ('every', 'workday', 'restday')", name=op.f("ck_rotations_days")
        ),
        sa.CheckConstraint("kind IN ('daily', 'weekly', 'custom')", name=op.f("ck_rotations_kind")),
        sa.CheckConstraint(
            "layer IN ('first', 'second', 'lead', 'head', 'deputy')",
            name=op.f("ck_rotations_layer"),
        ),
        sa.CheckConstraint("turn_days BETWEEN 1 AND 366", name=op.f("ck_rotations_turn_days")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_rotations_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotations")),
    )
    op.create_table(
        "text_templates",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column(
            "changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_text_templates_language")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_text_templates_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_templates")),
        sa.UniqueConstraint("key", "language", name=op.f("uq_text_templates_key_language")),
    )
    op.create_table(
        "escalation_bindings",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("plan_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("severity", sa.Text(), server_default="", nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_escalation_bindings_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_escalation_bindings_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_escalation_bindings_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_bindings")),
    )
    with op.batch_alter_table("escalation_bindings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_escalation_bindings_contract_id"), ["contract_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_escalation_bindings_site_id"), ["site_id"], unique=False
        )

    op.create_table(
        "occasion_guards",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "occasion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_occasion_guards_lasts")),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name=op.f("fk_occasion_guards_occasion_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_occasion_guards_person_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_occasion_guards_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion_guards")),
    )
    with op.batch_alter_table("occasion_guards", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_occasion_guards_occasion_id"), ["occasion_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_occasion_guards_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_occasion_guards_site_id"), ["site_id"], unique=False)

    op.create_table(
        "overrides",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("layer", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="override", nullable=False),
        sa.Column(
            "occasion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.Column(
            "revoked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "kind IN ('override', 'swap', 'occasion')", name=op.f("ck_overrides_kind")
        ),
        sa.CheckConstraint(
            "layer IN ('first', 'second', 'lead', 'head', 'deputy')",
            name=op.f("ck_overrides_layer"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_overrides_lasts")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_overrides_made_by")),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name=op.f("fk_overrides_occasion_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_overrides_person_id")),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["people.id"], name=op.f("fk_overrides_revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    with op.batch_alter_table("overrides", schema=None) as batch_op:
        batch_op.create_index("ix_overrides_ends_at", ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_overrides_occasion_id"), ["occasion_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_overrides_person_id"), ["person_id"], unique=False)

    op.create_table(
        "preparations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "occasion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.Text(), server_default="check", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done_at", Utc(), nullable=True),
        sa.Column("done_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('check', 'parts', 'contacts', 'other')", name=op.f("ck_preparations_kind")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"], name=op.f("fk_preparations_done_by")),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name=op.f("fk_preparations_occasion_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_preparations_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparations")),
    )
    with op.batch_alter_table("preparations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_preparations_occasion_id"), ["occasion_id"], unique=False
        )

    op.create_table(
        "contact_cards",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outdated_by", sa.Text(), server_default="", nullable=False),
        sa.Column("outdated_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_contact_cards_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["people.id"], name=op.f("fk_contact_cards_issued_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_cards")),
        sa.UniqueConstraint(
            "customer_id", "version", name=op.f("uq_contact_cards_customer_id_version")
        ),
    )

    op.create_table(
        "answers_received",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_answers_received_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_answers_received_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers_received")),
        sa.UniqueConstraint("key", name=op.f("uq_answers_received_key")),
    )
    with op.batch_alter_table("answers_received", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_received_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_answers_received_notice_id"), ["notice_id"], unique=False
        )

    op.create_table(
        "drill_calls",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("drill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("told_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("answered_how", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["drill_id"], ["drills.id"], name=op.f("fk_drill_calls_drill_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_drill_calls_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_drill_calls_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_calls")),
        sa.UniqueConstraint(
            "drill_id",
            "person_id",
            "channel",
            name=op.f("uq_drill_calls_drill_id_person_id_channel"),
        ),
    )
    with op.batch_alter_table("drill_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_calls_drill_id"), ["drill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_calls_person_id"), ["person_id"], unique=False)

    op.create_table(
        "reply_tokens",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_reply_tokens_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reply_tokens_token_hash")),
    )
    with op.batch_alter_table("reply_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reply_tokens_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reply_tokens_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "receipts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'delivered', 'read', 'answered', 'unanswered', 'busy', 'failed')",
            name=op.f("ck_receipts_status"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["notice_attempts.id"], name=op.f("fk_receipts_attempt_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_receipts_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("attempt_id", "status", name=op.f("uq_receipts_attempt_id_status")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_notice_id"), ["notice_id"], unique=False)

    with op.batch_alter_table("notice_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ref", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(
            "ix_notice_attempts_ref",
            ["ref"],
            unique=False,
            sqlite_where=sa.text("ref <> ''"),
            postgresql_where=sa.text("ref <> ''"),
        )
        batch_op.add_column(
            sa.Column(
                "carried_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notice_attempts_carried_by"), "notices", ["carried_by"], ["id"]
        )
        batch_op.add_column(sa.Column("held_until", Utc(), nullable=True))
        batch_op.create_index("ix_notice_attempts_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_notice_attempts_held_until",
            ["held_until"],
            unique=False,
            sqlite_where=sa.text("held_until IS NOT NULL"),
            postgresql_where=sa.text("held_until IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_notice_attempts_carried_by",
            ["carried_by"],
            unique=False,
            sqlite_where=sa.text("carried_by IS NOT NULL"),
            postgresql_where=sa.text("carried_by IS NOT NULL"),
        )

    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("alone", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.drop_index("notices_to_send")
        batch_op.create_index(
            "notices_to_send",
            ["channel", "rank", "created_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending', 'failed')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending', 'failed')"),
        )

    with op.batch_alter_table("work_orders", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "escalation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("stalled_at", Utc(), nullable=True))

    _plan_maintenance()
    _index_what_is_open()
    _check("deadlines", "subject_kind", _SUBJECTS)
    _check("personal_links", "subject_kind", "'order', 'alert', 'drill', 'digest'")
    _check("shifts", "layer", _LAYERS, lasts="starts_at < ends_at")
    _papers_of_a_customer()
    op.execute(_AS_DECIDED)


def _plan_maintenance() -> None:
    """Work that begins later, with who answers for it."""
    number, told = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), ("scope", "reason")
    people = ("owner_id", "planned_by")
    named = {name: f"fk_planned_maintenance_{name}" for name in ("site_id", *people)}
    op.create_table(
        "planned_maintenance",
        sa.Column("id", number, autoincrement=True, nullable=False),
        *(sa.Column(name, number, nullable=False) for name in (*named, "subject_id")),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in told),
        *(sa.Column(name, Utc(), nullable=False) for name in ("starts_at", "ends_at")),
        sa.Column("planned_at", Utc(), nullable=False),
        sa.Column("over_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "scope IN ('device', 'system', 'site')", name=op.f("ck_planned_maintenance_scope")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_planned_maintenance_lasts")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_planned_maintenance_said_why")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f(named["site_id"])),
        *(sa.ForeignKeyConstraint([n], ["people.id"], name=op.f(named[n])) for n in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_maintenance")),
    )
    ahead = sa.text("over_at IS NULL")
    op.create_index(
        "maintenance_ahead",
        "planned_maintenance",
        ["site_id", "starts_at"],
        sqlite_where=ahead,
        postgresql_where=ahead,
    )


def _index_what_is_open() -> None:
    """A mass of faults of one site asks for them by code."""
    op.drop_index("open_faults_of_a_site", "faults")
    for name, table, columns, where in (
        ("open_faults_of_a_site", "faults", ["site_id", "code"], "cleared_at IS NULL"),
        ("conditions_that_hold", "conditions", ["code"], "clear_since IS NULL"),
    ):
        open_ones = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=open_ones, postgresql_where=open_ones)


def _papers_of_a_customer() -> None:
    """A document may be for the whole customer, not for one site."""
    languages = "language IN ('zh', 'en', 'both')"
    _check("documents", "kind", "'inspection', 'contact_card'", language=languages)
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.alter_column("site_id", existing_type=sa.BigInteger(), nullable=True)


def _check(table: str, column: str, allowed: str, **others: str) -> None:
    """Widen a check. SQLite makes the table anew, and leaves checks behind when it does."""
    name = op.f(f"ck_{table}_{column}")
    postgresql = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table(table, recreate="auto", schema=None) as batch_op:
        if postgresql:
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"{column} IN ({allowed})")
        for other, says in ({} if postgresql else others).items():
            batch_op.create_check_constraint(op.f(f"ck_{table}_{other}"), says)
