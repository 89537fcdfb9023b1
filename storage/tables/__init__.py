"""Every table of the system. Rows stay in `storage/`; values of `rules/` leave it."""

from storage.tables import (
    access,
    alarms,
    company,
    field,
    limits,
    maintenance,
    night,
    oncall,
    paper,
    rota,
    telling,
    watch,
    wavering,
)
from storage.tables.columns import metadata
from storage.tables.telemetry import telemetry_metadata

__all__ = [
    "access",
    "alarms",
    "company",
    "field",
    "limits",
    "maintenance",
    "metadata",
    "night",
    "oncall",
    "paper",
    "rota",
    "telemetry_metadata",
    "telling",
    "watch",
    "wavering",
]
