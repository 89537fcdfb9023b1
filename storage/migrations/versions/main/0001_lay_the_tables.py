"""Lay the tables."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_company")),
    )
    op.create_table(
        "conditions",
        sa.Column(
            "device_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("point", sa.Text(), server_default="", nullable=False),
        sa.Column("true_since", Utc(), nullable=False),
        sa.Column("clear_since", Utc(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "code", "point", name=op.f("pk_conditions")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "customers",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_customers_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("code", name=op.f("uq_customers_code")),
    )
    op.create_table(
        "deadlines",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("promised_at", Utc(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "subject_kind IN ('order', 'fault', 'alert')", name=op.f("ck_deadlines_subject_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint(
            "kind",
            "subject_kind",
            "subject_id",
            "step",
            name=op.f("uq_deadlines_kind_subject_kind_subject_id_step"),
        ),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadlines_due_at"), ["due_at"], unique=False)

    op.create_table(
        "deaf_spells",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_deaf_spells_lasts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deaf_spells")),
    )
    with op.batch_alter_table("deaf_spells", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deaf_spells_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "device_states",
        sa.Column(
            "device_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("wire_state", sa.Text(), server_default="", nullable=False),
        sa.Column("wire_state_at", Utc(), nullable=True),
        sa.Column("last_heard_at", Utc(), nullable=True),
        sa.Column("device_t", Utc(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("clock_offset_s", sa.Float(), nullable=True),
        sa.Column("interval_s", sa.Float(), nullable=True),
        sa.Column("metrics", sa.Text(), server_default="{}", nullable=False),
        sa.Column("flags", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_states")),
    )
    op.create_table(
        "discovered",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("messages", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("sample", sa.Text(), server_default="", nullable=False),
        sa.Column("ignored", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("site", "device", name=op.f("pk_discovered")),
    )
    with op.batch_alter_table("discovered", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discovered_last_at"), ["last_at"], unique=False)

    op.create_table(
        "journal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fault_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "actor IN ('person', 'monitor', 'clock', 'device', 'system')",
            name=op.f("ck_journal_actor"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_fault_id"), ["fault_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_order_id"), ["order_id"], unique=False)

    op.create_table(
        "listening",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("watermark", Utc(), nullable=True),
        sa.Column("stalled_since", Utc(), nullable=True),
        sa.Column("connected_at", Utc(), nullable=True),
        sa.Column("session", sa.Text(), server_default="", nullable=False),
        sa.Column("messages", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("repeated", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_listening_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening")),
    )
    op.create_table(
        "logins",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("must_change", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logins")),
        sa.UniqueConstraint("name", name=op.f("uq_logins_name")),
        sa.UniqueConstraint("person_id", name=op.f("uq_logins_person_id")),
    )
    op.create_table(
        "person_sites",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "site_id", name=op.f("pk_person_sites")),
    )
    op.create_table(
        "rejects",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("traceback", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejects")),
    )
    with op.batch_alter_table("rejects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rejects_at"), ["at"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_revision_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "seen_batches",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_batches")),
    )
    op.create_table(
        "setup_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_setup_tokens")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("blocked_until", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    with op.batch_alter_table("throttles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_throttles_last_at"), ["last_at"], unique=False)

    op.create_table(
        "contracts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("tier", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("free_until", sa.Date(), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("quarter", sa.Text(), server_default="natural", nullable=False),
        sa.Column("survey_months", sa.Integer(), server_default="12", nullable=False),
        sa.CheckConstraint("quarter IN ('natural', 'contract')", name=op.f("ck_contracts_quarter")),
        sa.CheckConstraint(
            "tier IN ('basic', 'advanced', 'exclusive')", name=op.f("ck_contracts_tier")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_contracts_term")),
        sa.CheckConstraint(
            "survey_months BETWEEN 6 AND 12", name=op.f("ck_contracts_survey_months")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_contracts_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contracts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "people",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("all_sites", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), server_default="zh", nullable=False),
        sa.Column("left_at", Utc(), nullable=True),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_people_language")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_people_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("code", name=op.f("uq_people_code")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("login_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_sessions_login_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_login_id"), ["login_id"], unique=False)

    op.create_table(
        "alerts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("cleared_at", Utc(), nullable=True),
        sa.Column("acknowledged_at", Utc(), nullable=True),
        sa.Column(
            "acknowledged_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("pages_made", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["people.id"], name=op.f("fk_alerts_acknowledged_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(
            "one_open_alert_of_a_kind",
            ["code", "subject"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.create_table(
        "personal_links",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "subject_kind IN ('order', 'alert')", name=op.f("ck_personal_links_subject_kind")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_personal_links_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_links_token_hash")),
    )
    with op.batch_alter_table("personal_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_personal_links_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_personal_links_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "shifts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("layer", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.CheckConstraint("layer IN ('first', 'second', 'head')", name=op.f("ck_shifts_layer")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_shifts_lasts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shifts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("layer", "starts_at", name=op.f("uq_shifts_layer_starts_at")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index("ix_shifts_layer_ends_at", ["layer", "ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sites",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("given_crs", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("zone_how", sa.Text(), server_default="", nullable=False),
        sa.Column("zone_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("on_site_hours", sa.Float(), nullable=False),
        sa.Column("on_site_rule", sa.Text(), server_default="", nullable=False),
        sa.Column("key_project", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("access_note", sa.Text(), server_default="", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "given_crs IN ('', 'wgs84', 'gcj02', 'bd09')", name=op.f("ck_sites_given_crs")
        ),
        sa.CheckConstraint(
            "zone IN ('ring1', 'ring2', 'ring3', 'city', 'neighbour', 'remote')",
            name=op.f("ck_sites_zone"),
        ),
        sa.CheckConstraint("on_site_hours > 0", name=op.f("ck_sites_on_site_hours")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_sites_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_sites_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("code", name=op.f("uq_sites_code")),
    )
    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sites_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sites_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "systems",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.Text(), server_default="", nullable=False),
        sa.Column("complexity", sa.Text(), server_default="", nullable=False),
        sa.Column("importance", sa.Text(), server_default="", nullable=False),
        sa.Column("extra_cycles", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_systems_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_systems")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_systems_site_id_code")),
    )
    with op.batch_alter_table("systems", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_systems_site_id"), ["site_id"], unique=False)

    op.create_table(
        "devices",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("system_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("type", sa.Text(), server_default="", nullable=False),
        sa.Column("importance", sa.Text(), server_default="normal", nullable=False),
        sa.Column("ups", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("monitored", sa.Text(), server_default="yes", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("serial", sa.Text(), server_default="", nullable=False),
        sa.Column("batch", sa.Text(), server_default="", nullable=False),
        sa.Column("supplier", sa.Text(), server_default="", nullable=False),
        sa.Column("asset_tag", sa.Text(), server_default="", nullable=False),
        sa.Column("ip", sa.Text(), server_default="", nullable=False),
        sa.Column("mac", sa.Text(), server_default="", nullable=False),
        sa.Column("firmware", sa.Text(), server_default="", nullable=False),
        sa.Column("reporting_interval_s", sa.Integer(), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("warranty_end", sa.Date(), nullable=True),
        sa.Column("dialect", sa.Text(), server_default="native", nullable=False),
        sa.Column("dialect_id", sa.Text(), server_default="", nullable=False),
        sa.Column("enrolled_at", Utc(), nullable=False),
        sa.Column("disabled_at", Utc(), nullable=True),
        sa.Column("maintenance_until", Utc(), nullable=True),
        sa.Column(
            "sought",
            sa.Text(),
            sa.Computed(
                "lower(name || ' ' || code || ' ' || location || ' ' || ip || ' ' || serial || ' ' || asset_tag)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("importance IN ('normal', 'key')", name=op.f("ck_devices_importance")),
        sa.CheckConstraint(
            "monitored IN ('yes', 'indirect', 'no')", name=op.f("ck_devices_monitored")
        ),
        sa.CheckConstraint(
            "type IN ('camera', 'lens', 'ptz', 'encoder', 'decoder', 'recorder', 'detector', 'panic_button', 'sounder', 'zone', 'alarm_host', 'expander', 'access_controller', 'reader', 'lock', 'switch', 'gateway', 'uplink', 'power', 'ups', 'spd', 'ground', 'line', 'monitor', 'matrix', 'sensor', 'other')",
            name=op.f("ck_devices_type"),
        ),
        sa.CheckConstraint(
            "reporting_interval_s > 0", name=op.f("ck_devices_reporting_interval_s")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_devices_site_id")),
        sa.ForeignKeyConstraint(["system_id"], ["systems.id"], name=op.f("fk_devices_system_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("site_id", "code", name=op.f("uq_devices_site_id_code")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_system_id"), ["system_id"], unique=False)

    op.create_table(
        "device_links",
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('via', 'powered_by', 'recorded_by')", name=op.f("ck_device_links_kind")
        ),
        sa.CheckConstraint("device_id <> parent_id", name=op.f("ck_device_links_no_own_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["devices.id"], name=op.f("fk_device_links_parent_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "kind", name=op.f("pk_device_links")),
    )
    with op.batch_alter_table("device_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_links_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "faults",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("point", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("provisional_until", Utc(), nullable=True),
        sa.Column(
            "explained_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("occurrences", sa.Integer(), server_default="1", nullable=False),
        sa.Column("cleared_at", Utc(), nullable=True),
        sa.Column("clear_why", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("explained_by <> id", name=op.f("ck_faults_not_its_own_cause")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_faults_device_id")),
        sa.ForeignKeyConstraint(
            ["explained_by"], ["faults.id"], name=op.f("fk_faults_explained_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_faults_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faults")),
    )
    with op.batch_alter_table("faults", schema=None) as batch_op:
        batch_op.create_index(
            "ix_faults_device_id_opened_at", ["device_id", "opened_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_faults_explained_by"), ["explained_by"], unique=False)
        batch_op.create_index("ix_faults_opened_at", ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_faults_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "one_open_fault_of_a_kind",
            ["device_id", "code", "point"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )
        batch_op.create_index(
            "open_faults_of_a_site",
            ["site_id"],
            unique=False,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )

    op.create_table(
        "work_orders",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "root_fault_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("severity", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("clock_started_at", Utc(), nullable=False),
        sa.Column("clock_source", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("on_site_hours", sa.Float(), nullable=False),
        sa.Column("on_site_rule", sa.Text(), server_default="", nullable=False),
        sa.Column("on_site_by", Utc(), nullable=False),
        sa.Column("pages_made", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ladder_started_at", Utc(), nullable=True),
        sa.Column(
            "first_paged_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "received_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("received_at", Utc(), nullable=True),
        sa.Column("head_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("head_informed_at", Utc(), nullable=True),
        sa.Column("arranged_at", Utc(), nullable=True),
        sa.Column(
            "arranged_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("self_dispatched_at", Utc(), nullable=True),
        sa.Column(
            "assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("dispatched_at", Utc(), nullable=True),
        sa.Column("appointment_at", Utc(), nullable=True),
        sa.Column("departed_at", Utc(), nullable=True),
        sa.Column("arrived_at", Utc(), nullable=True),
        sa.Column("late_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("diagnosed_at", Utc(), nullable=True),
        sa.Column("diagnosis", sa.Text(), server_default="", nullable=False),
        sa.Column("repaired_at", Utc(), nullable=True),
        sa.Column("repair", sa.Text(), server_default="", nullable=False),
        sa.Column("verified_at", Utc(), nullable=True),
        sa.Column("verified_how", sa.Text(), server_default="", nullable=False),
        sa.Column("left_at", Utc(), nullable=True),
        sa.Column("accepted_at", Utc(), nullable=True),
        sa.Column("accepted_by", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("close_reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "clock_source IN ('customer_notice', 'monitor')",
            name=op.f("ck_work_orders_clock_source"),
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR close_reason <> ''",
            name=op.f("ck_work_orders_closed_for_a_reason"),
        ),
        sa.CheckConstraint(
            "severity IN ('emergency', 'major', 'minor')", name=op.f("ck_work_orders_severity")
        ),
        sa.CheckConstraint(
            "zone IN ('ring1', 'ring2', 'ring3', 'city', 'neighbour', 'remote')",
            name=op.f("ck_work_orders_zone"),
        ),
        sa.CheckConstraint(
            "on_site_by > clock_started_at", name=op.f("ck_work_orders_deadline_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["arranged_by"], ["people.id"], name=op.f("fk_work_orders_arranged_by")
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["people.id"], name=op.f("fk_work_orders_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_paged_id"], ["people.id"], name=op.f("fk_work_orders_first_paged_id")
        ),
        sa.ForeignKeyConstraint(["head_id"], ["people.id"], name=op.f("fk_work_orders_head_id")),
        sa.ForeignKeyConstraint(
            ["received_by"], ["people.id"], name=op.f("fk_work_orders_received_by")
        ),
        sa.ForeignKeyConstraint(
            ["root_fault_id"], ["faults.id"], name=op.f("fk_work_orders_root_fault_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_work_orders_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_work_orders_number")),
    )
    with op.batch_alter_table("work_orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_orders_assignee_id"), ["assignee_id"], unique=False
        )
        batch_op.create_index("ix_work_orders_closed_at", ["closed_at"], unique=False)
        batch_op.create_index(
            "ix_work_orders_site_id_opened_at", ["site_id", "opened_at"], unique=False
        )
        batch_op.create_index(
            "one_open_order_per_root_cause",
            ["root_fault_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "open_orders_by_deadline",
            ["on_site_by"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "notices",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("target", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fault_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("lease", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'failed', 'dead', 'silenced')",
            name=op.f("ck_notices_state"),
        ),
        sa.CheckConstraint("rank BETWEEN 0 AND 2", name=op.f("ck_notices_rank")),
        sa.ForeignKeyConstraint(["fault_id"], ["faults.id"], name=op.f("fk_notices_fault_id")),
        sa.ForeignKeyConstraint(["order_id"], ["work_orders.id"], name=op.f("fk_notices_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_notices_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_fault_id"), ["fault_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            "notices_to_send",
            ["rank", "created_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sending', 'failed')"),
            postgresql_where=sa.text("state IN ('waiting', 'sending', 'failed')"),
        )

    op.create_table(
        "notice_attempts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("provider", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notices.id"], name=op.f("fk_notice_attempts_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_attempts")),
    )
    with op.batch_alter_table("notice_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notice_attempts_notice_id"), ["notice_id"], unique=False
        )
