"""What customers are told and given, and how one gets into their sites."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Integer,
    Table,
    UniqueConstraint,
)

from storage.tables.columns import Id, facts, identity, instant, metadata, one_of, points_to, words

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

contact_cards = Table(  # every card a customer was given (A13); the newest counts
    "contact_cards",
    metadata,
    identity(),
    points_to("customer_id", "customers.id"),
    Column("version", Integer, nullable=False),
    words("digest"),  # of `card`: what is held against how things stand
    facts("card"),
    instant("issued_at"),
    points_to("issued_by", "people.id", null=True),  # NULL: a change issued it
    words("outdated_by"),  # digest of what holds by now, while that is another
    instant("outdated_at", null=True),
    UniqueConstraint("customer_id", "version"),
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
