"""Every table of the system. Rows stay in `storage/`; values of `rules/` leave it."""

from storage.tables import access, company, field, maintenance, night, paper, watch
from storage.tables.columns import metadata
from storage.tables.telemetry import telemetry_metadata

__all__ = [
    "access",
    "company",
    "field",
    "maintenance",
    "metadata",
    "night",
    "paper",
    "telemetry_metadata",
    "watch",
]
