"""Whom we work for, where, on what, and who we are."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Float,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from rules.model import Crs, DeviceType, Layer, Link, Monitored, Zone
from storage.tables.columns import (
    facts,
    identity,
    instant,
    metadata,
    one_of,
    points_to,
    words,
)

company = Table(  # one row a fact: name, time zone, hours of the city zone, set-up state
    "company",
    metadata,
    Column("name", Text, primary_key=True),
    facts("value"),
    instant("changed_at"),
)

customers = Table(
    "customers",
    metadata,
    identity(),
    Column("code", Text, nullable=False, unique=True),
    words("name"),
    words("address"),
    words("phone"),
    words("email"),
    words("language", default="zh"),
    instant("archived_at", null=True),  # deletion is archive
    one_of("language", ("zh", "en")),
)

contracts = Table(
    "contracts",
    metadata,
    identity(),
    Column("number", Text, nullable=False, unique=True),
    points_to("customer_id", "customers.id", index=True),
    words("tier"),
    words("scope"),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("free_until", Date),
    Column("retention_days", Integer),
    words("quarter", default="natural"),
    Column("survey_months", Integer, nullable=False, server_default="12"),
    instant("archived_at", null=True),
    one_of("tier", ("basic", "advanced", "exclusive")),
    one_of("quarter", ("natural", "contract")),
    CheckConstraint("survey_months BETWEEN 6 AND 12", name="survey_months"),
    CheckConstraint("starts_on <= ends_on", name="term"),
)

sites = Table(
    "sites",
    metadata,
    identity(),
    Column("code", Text, nullable=False, unique=True),
    words("name"),
    points_to("customer_id", "customers.id", index=True),
    points_to("contract_id", "contracts.id", null=True, index=True),
    words("address"),
    Column("lon", Float),  # WGS-84 degrees, converted once at entry
    Column("lat", Float),
    words("given_crs"),  # the system the coordinate was given in
    words("zone"),
    words("zone_how"),  # `auto` or `manual`
    words("zone_reason"),
    Column("on_site_hours", Float, nullable=False),
    words("on_site_rule"),
    Column("key_project", Boolean, nullable=False, server_default=text("false")),
    Column("retention_days", Integer),
    words("access_note"),
    words("timezone"),
    instant("archived_at", null=True),
    one_of("zone", Zone),
    one_of("given_crs", ["", *Crs]),
    CheckConstraint("on_site_hours > 0", name="on_site_hours"),
)

systems = Table(
    "systems",
    metadata,
    identity(),
    points_to("site_id", "sites.id", index=True),
    Column("code", Text, nullable=False),
    words("name"),
    words("kind"),
    words("size"),
    words("complexity"),
    words("importance"),
    words("extra_cycles"),
    instant("archived_at", null=True),
    UniqueConstraint("site_id", "code"),
)

# What people look for a device by, in one piece and one case: the database keeps it.
_SOUGHT = (
    "lower(name || ' ' || code || ' ' || location"
    " || ' ' || ip || ' ' || serial || ' ' || asset_tag)"
)

devices = Table(
    "devices",
    metadata,
    identity(),
    points_to("site_id", "sites.id"),
    points_to("system_id", "systems.id", null=True, index=True),
    Column("code", Text, nullable=False),
    words("name"),
    words("type"),
    words("importance", default="normal"),
    Column("ups", Boolean, nullable=False, server_default=text("false")),
    words("monitored", default="yes"),
    words("location"),
    words("position"),
    words("model"),
    words("serial"),
    words("batch"),
    words("supplier"),
    words("asset_tag"),
    words("ip"),
    words("mac"),
    words("firmware"),
    Column("reporting_interval_s", Integer),
    Column("installed_on", Date),
    Column("warranty_end", Date),
    words("dialect", default="native"),
    words("dialect_id"),
    instant("enrolled_at"),
    instant("disabled_at", null=True),
    instant("archived_at", null=True),
    Column("sought", Text, Computed(_SOUGHT, persisted=True), nullable=False),
    UniqueConstraint("site_id", "code"),
    one_of("type", DeviceType),
    one_of("monitored", Monitored),
    one_of("importance", ("normal", "key")),
    CheckConstraint("reporting_interval_s > 0", name="reporting_interval_s"),
)

device_links = Table(
    "device_links",
    metadata,
    Column("device_id", devices.c.id.type, primary_key=True),
    Column("kind", Text, primary_key=True),
    points_to("parent_id", "devices.id", index=True),
    one_of("kind", Link),
    CheckConstraint("device_id <> parent_id", name="no_own_parent"),
)

people = Table(
    "people",
    metadata,
    identity(),
    Column("code", Text, nullable=False, unique=True),
    words("name"),
    facts("roles"),
    Column("all_sites", Boolean, nullable=False, server_default=text("false")),
    points_to("customer_id", "customers.id", null=True, index=True),
    words("phone"),
    words("email"),
    facts("channels"),  # [["mail", "li@example.com"], ...]
    words("language", default="zh"),
    instant("left_at", null=True),
    one_of("language", ("zh", "en")),
)

person_sites = Table(
    "person_sites",
    metadata,
    Column("person_id", people.c.id.type, primary_key=True),
    Column("site_id", sites.c.id.type, primary_key=True),
)

shifts = Table(  # the rota: from `starts_at` up to, not including, `ends_at`
    "shifts",
    metadata,
    identity(),
    words("layer"),
    points_to("person_id", "people.id", index=True),
    instant("starts_at"),
    instant("ends_at"),
    one_of("layer", Layer),
    CheckConstraint("starts_at < ends_at", name="lasts"),
    UniqueConstraint("layer", "starts_at"),
    Index("ix_shifts_layer_ends_at", "layer", "ends_at"),
)

policy_changes = Table(  # A18: who, why, effective from; running orders keep theirs
    "policy_changes",
    metadata,
    identity(),
    words(
        "name"
    ),  # as in the settings: ladder.again_s, zone_hours.ring1, limits.CAM_LOW_FPS.raise_at
    facts("value"),
    facts("before"),
    words("why"),
    points_to("changed_by", "people.id"),
    instant("changed_at"),
    instant("effective_from"),
    instant("withdrawn_at", null=True),
    Index("ix_policy_changes_name_effective_from", "name", "effective_from"),
)

rule_remarks = Table(  # A18: problems in applying the rules, recorded and reviewed
    "rule_remarks",
    metadata,
    identity(),
    words("clause"),
    words("text"),
    points_to("written_by", "people.id"),
    instant("written_at"),
    points_to("reviewed_by", "people.id", null=True),
    instant("reviewed_at", null=True),
    words("outcome"),
)
