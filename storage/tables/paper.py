"""The monthly inspection, what it leaves on paper, and the stickers that lead to a point."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from rules.documents import Kind
from rules.inspections import Area, Decision, Result
from storage.tables.columns import Id, facts, identity, instant, metadata, one_of, points_to, words

inspections = Table(  # one system, one kind, one period: planned as a set (A09)
    "inspections",
    metadata,
    identity(),
    points_to("system_id", "systems.id"),
    points_to("site_id", "sites.id"),
    words("kind", default="month"),
    words("period"),  # 2026-11, in the calendar of the site
    Column("due_on", Date, nullable=False),  # the last day of the period at the site
    instant("planned_at"),
    words("checklist_version"),  # of the frozen point list; '' until it is frozen
    points_to("assignee_id", "people.id", null=True, index=True),
    instant("frozen_at", null=True),
    instant("started_at", null=True),
    points_to("started_by", "people.id", null=True),
    instant("finished_at", null=True),  # every point answered, or closed with reasons
    points_to("finished_by", "people.id", null=True),
    words("remarks"),
    words("signer_name"),  # the customer's
    words("signature"),  # SHA-256 of the picture in `files`
    instant("signed_at", null=True),
    words("unsigned_reason"),
    instant("decided_at", null=True),  # the head let it go out
    points_to("decided_by", "people.id", null=True),
    instant("issued_at", null=True),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("system_id", "kind", "period"),
    one_of("kind", ("month",)),
    Index("ix_inspections_site_id_period", "site_id", "period"),
    Index("ix_inspections_period", "period"),
)

inspection_points = Table(  # frozen when the work begins: later changes of devices leave it be
    "inspection_points",
    metadata,
    identity(),
    points_to("inspection_id", "inspections.id"),
    Column("position", Integer, nullable=False),
    words("area"),
    points_to("device_id", "devices.id", null=True, index=True),
    words("code"),
    words("name"),
    words("type"),  # of device, or the name of a line, centre or system subject
    words("model"),
    words("location"),
    points_to("carried_from", "inspection_points.id", null=True),
    facts("evidence"),  # what the device itself reported in the period; {} without a device
    instant("evidence_at", null=True),
    facts("contradictions"),  # [[item, reason, facts], ...] found when the sheet was finished
    words("decision"),
    words("decision_reason"),
    points_to("decided_by", "people.id", null=True),
    instant("decided_at", null=True),
    UniqueConstraint("inspection_id", "position"),
    one_of("area", Area),
    one_of("decision", ["", *Decision]),
)

inspection_items = Table(
    "inspection_items",
    metadata,
    identity(),
    points_to("point_id", "inspection_points.id"),
    Column("position", Integer, nullable=False),
    words("item"),  # key of the checklist
    words("unit"),
    Column("low", Float),  # limits as they were when the list was frozen
    Column("high", Float),
    words("result"),
    words("note"),  # what is abnormal, or why it was not checked
    Column("value", Float),
    instant("checked_at", null=True),
    points_to("checked_by", "people.id", null=True),
    points_to("fault_id", "faults.id", null=True),
    Column("order_id", Id, index=True),
    UniqueConstraint("point_id", "position"),
    UniqueConstraint("point_id", "item"),
    one_of("result", ["", *Result]),
    CheckConstraint("result NOT IN ('abnormal', 'not_checked') OR note <> ''", name="said_why"),
)

inspection_photos = Table(
    "inspection_photos",
    metadata,
    identity(),
    points_to("inspection_id", "inspections.id"),
    points_to("point_id", "inspection_points.id", index=True),
    words("file"),  # SHA-256 of the re-encoded picture in `files`
    words("fingerprint"),  # perceptual: the same picture again is the same fingerprint
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    words("caption"),
    instant("taken_at"),
    points_to("taken_by", "people.id"),
    UniqueConstraint("inspection_id", "point_id", "file"),
    Index("ix_inspection_photos_fingerprint", "fingerprint"),
)

documents = Table(  # the archive: written once, never altered (B04)
    "documents",
    metadata,
    identity(),
    words("kind"),
    Column("subject_id", Id, nullable=False),
    words("language"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("number", Text, nullable=False, unique=True),
    Column("public_id", Text, nullable=False, unique=True),  # random; what the QR code carries
    points_to("site_id", "sites.id", null=True, index=True),  # NULL: for the whole customer
    points_to("customer_id", "customers.id", index=True),
    words("period"),
    words("title"),
    words("file"),  # SHA-256 of the signed bytes, and their name in `files`
    words("content_hash"),  # SHA-256 of the values the pages were made of; printed on them
    Column("size", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    words("certificate"),  # SHA-256 fingerprint of the signer's
    instant("issued_at", index=True),
    points_to("issued_by", "people.id", null=True),
    UniqueConstraint("kind", "subject_id", "language", "revision"),
    one_of("kind", Kind),
    one_of("language", ("zh", "en", "both")),
    Index("ix_documents_file", "file"),
)

stickers = Table(  # E01: random ids on labels; scanning one only shows
    "stickers",
    metadata,
    Column("id", Text, primary_key=True),
    points_to("site_id", "sites.id", index=True),
    points_to("device_id", "devices.id", null=True, index=True),
    instant("created_at"),
    points_to("created_by", "people.id", null=True),
    instant("revoked_at", null=True),
    points_to("revoked_by", "people.id", null=True),
)
