"""Keep inspections, documents, stickers, second factors and changed figures."""

import sqlalchemy as sa
from alembic import op

from storage.db import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_links",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('reset', 'invitation', 'magic')", name=op.f("ck_access_links_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_access_links_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_access_links_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_links_token_hash")),
    )
    with op.batch_alter_table("access_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_access_links_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_access_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "outside_identities",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("issuer", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("linked_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_outside_identities_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_outside_identities_issuer_subject")),
    )
    with op.batch_alter_table("outside_identities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outside_identities_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "policy_changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "changed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("effective_from", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_policy_changes_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_changes")),
    )
    with op.batch_alter_table("policy_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_policy_changes_name_effective_from", ["name", "effective_from"], unique=False
        )

    op.create_table(
        "rule_remarks",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("clause", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "written_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("written_at", Utc(), nullable=False),
        sa.Column(
            "reviewed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("reviewed_at", Utc(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["people.id"], name=op.f("fk_rule_remarks_reviewed_by")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_rule_remarks_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_remarks")),
    )
    op.create_table(
        "documents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("period", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("file", sa.Text(), server_default="", nullable=False),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.Text(), server_default="", nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("issued_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("kind IN ('inspection')", name=op.f("ck_documents_kind")),
        sa.CheckConstraint("language IN ('zh', 'en', 'both')", name=op.f("ck_documents_language")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_documents_customer_id")
        ),
        sa.ForeignKeyConstraint(["issued_by"], ["people.id"], name=op.f("fk_documents_issued_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_documents_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "kind",
            "subject_id",
            "language",
            "revision",
            name=op.f("uq_documents_kind_subject_id_language_revision"),
        ),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_documents_public_id")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_documents_file", ["file"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_issued_at"), ["issued_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_site_id"), ["site_id"], unique=False)

    op.create_table(
        "inspections",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "system_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), server_default="month", nullable=False),
        sa.Column("period", sa.Text(), server_default="", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("planned_at", Utc(), nullable=False),
        sa.Column("checklist_version", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "assignee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("frozen_at", Utc(), nullable=True),
        sa.Column("started_at", Utc(), nullable=True),
        sa.Column(
            "started_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.Column(
            "finished_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("remarks", sa.Text(), server_default="", nullable=False),
        sa.Column("signer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_at", Utc(), nullable=True),
        sa.Column("unsigned_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("issued_at", Utc(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('month')", name=op.f("ck_inspections_kind")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["people.id"], name=op.f("fk_inspections_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_inspections_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["finished_by"], ["people.id"], name=op.f("fk_inspections_finished_by")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_inspections_site_id")),
        sa.ForeignKeyConstraint(
            ["started_by"], ["people.id"], name=op.f("fk_inspections_started_by")
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["systems.id"], name=op.f("fk_inspections_system_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint(
            "system_id", "kind", "period", name=op.f("uq_inspections_system_id_kind_period")
        ),
    )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspections_assignee_id"), ["assignee_id"], unique=False
        )
        batch_op.create_index("ix_inspections_period", ["period"], unique=False)
        batch_op.create_index("ix_inspections_site_id_period", ["site_id", "period"], unique=False)

    op.create_table(
        "inspection_points",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), server_default="", nullable=False),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("type", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "carried_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("evidence_at", Utc(), nullable=True),
        sa.Column("contradictions", sa.JSON(), nullable=False),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "area IN ('front_end', 'lines', 'centre', 'system')",
            name=op.f("ck_inspection_points_area"),
        ),
        sa.CheckConstraint(
            "decision IN ('', 'stands', 'corrected', 'false')",
            name=op.f("ck_inspection_points_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["carried_from"],
            ["inspection_points.id"],
            name=op.f("fk_inspection_points_carried_from"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_inspection_points_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_inspection_points_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_inspection_points_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_points")),
        sa.UniqueConstraint(
            "inspection_id", "position", name=op.f("uq_inspection_points_inspection_id_position")
        ),
    )
    with op.batch_alter_table("inspection_points", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_points_device_id"), ["device_id"], unique=False
        )

    op.create_table(
        "stickers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.Column(
            "revoked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_stickers_created_by")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_stickers_device_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["people.id"], name=op.f("fk_stickers_revoked_by")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_stickers_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stickers")),
    )
    with op.batch_alter_table("stickers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stickers_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stickers_site_id"), ["site_id"], unique=False)

    op.create_table(
        "inspection_items",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("point_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("checked_at", Utc(), nullable=True),
        sa.Column(
            "checked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("fault_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "result IN ('', 'normal', 'abnormal', 'not_checked')",
            name=op.f("ck_inspection_items_result"),
        ),
        sa.CheckConstraint(
            "result NOT IN ('abnormal', 'not_checked') OR note <> ''",
            name=op.f("ck_inspection_items_said_why"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["people.id"], name=op.f("fk_inspection_items_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["fault_id"], ["faults.id"], name=op.f("fk_inspection_items_fault_id")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["inspection_points.id"], name=op.f("fk_inspection_items_point_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_items")),
        sa.UniqueConstraint("point_id", "item", name=op.f("uq_inspection_items_point_id_item")),
        sa.UniqueConstraint(
            "point_id", "position", name=op.f("uq_inspection_items_point_id_position")
        ),
    )
    with op.batch_alter_table("inspection_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_items_order_id"), ["order_id"], unique=False
        )

    op.create_table(
        "inspection_photos",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "inspection_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("point_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), server_default="", nullable=False),
        sa.Column("taken_at", Utc(), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_inspection_photos_inspection_id")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], ["inspection_points.id"], name=op.f("fk_inspection_photos_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["people.id"], name=op.f("fk_inspection_photos_taken_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_photos")),
        sa.UniqueConstraint(
            "inspection_id",
            "point_id",
            "file",
            name=op.f("uq_inspection_photos_inspection_id_point_id_file"),
        ),
    )
    with op.batch_alter_table("inspection_photos", schema=None) as batch_op:
        batch_op.create_index("ix_inspection_photos_fingerprint", ["fingerprint"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inspection_photos_point_id"), ["point_id"], unique=False
        )

    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", Utc(), nullable=True))

    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", Utc(), nullable=True))

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", Utc(), nullable=True))

    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("record", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(
            "ix_journal_record",
            ["record"],
            unique=False,
            sqlite_where=sa.text("record <> ''"),
            postgresql_where=sa.text("record <> ''"),
        )

    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("totp_secret", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("totp_since", Utc(), nullable=True))
        batch_op.add_column(
            sa.Column("totp_last_step", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("recovery_hashes", sa.Text(), server_default="[]", nullable=False)
        )

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("how", sa.Text(), server_default="password", nullable=False))
        batch_op.add_column(sa.Column("second_factor_until", Utc(), nullable=True))

    with op.batch_alter_table("sites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", Utc(), nullable=True))

    with op.batch_alter_table("systems", schema=None) as batch_op:
        batch_op.add_column(sa.Column("archived_at", Utc(), nullable=True))
    _promise_about("order", "fault", "alert", "inspection")


def _promise_about(*subjects: str) -> None:
    """Widen a check. SQLite makes the table anew, and leaves checks behind when it does."""
    allowed = ", ".join(f"'{subject}'" for subject in subjects)
    name = op.f("ck_deadlines_subject_kind")
    with op.batch_alter_table("deadlines", recreate="auto", schema=None) as batch_op:
        if op.get_bind().dialect.name == "postgresql":
            batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"subject_kind IN ({allowed})")
