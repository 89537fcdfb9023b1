"""What the other ways in need: dialects' memories, and what receivers took in for the collector."""

from sqlalchemy import Column, LargeBinary, Table, Text

from storage.tables.columns import identity, instant, metadata, words

dialect_memories = Table(  # what a dialect knows of one node; written with the batch that taught it
    "dialect_memories",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("node", Text, primary_key=True, server_default=""),
    Column("body", LargeBinary, nullable=False),  # JSON, as the dialect's struct
)

inbox = (
    Table(  # taken in durably by a receiver; the collector judges and deletes in one transaction
        "inbox",
        metadata,
        identity(),
        instant("at"),
        words("receiver"),  # the dialect that reads it
        words("topic"),
        Column("body", LargeBinary, nullable=False),
    )
)
