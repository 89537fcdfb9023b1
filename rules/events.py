"""Which entries of the journal other people's programs are told, and under which name. Pure.

An event says that something happened and to what; it names no person of ours (C12).
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

FAMILIES = ("fault", "order", "inspection")
_FAULT = {
    "fault_opened": "opened",
    "fault_reported": "reported",
    "customer_called": "reported",
    "fault_worsened": "worsened",
    "fault_explained": "explained",
    "fault_outlived_cause": "outlived_cause",
    "fault_cleared": "cleared",
}
_ORDER = {
    "order_opened": "opened",
    **{
        verb: verb
        for verb in (
            "acknowledged", "declined", "arranged", "dispatched", "departed", "arrived",
            "proposed", "postponed", "diagnosed", "repaired", "verified", "recovered",
            "merged", "left", "accepted", "closed", "cancelled", "reopened",
        )
    },
    "arrived_late": "arrived",
    "repaired_remotely": "repaired",
    "verified_by_device": "verified",
    "warned": "deadline_near",
    "appointment_near": "appointment_near",
}  # fmt: skip
_INSPECTION = {
    f"inspection_{word}": word
    for word in ("assigned", "started", "finished", "signed", "unsigned", "decided", "issued")
}
# The verb of the journal -> the event's name.
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        verb: f"{family}.{word}"
        for family, words in zip(FAMILIES, (_FAULT, _ORDER, _INSPECTION), strict=True)
        for verb, word in words.items()
    }
)
# What a customer follows (C14): no pages, no duty, no names of ours.
FOR_CUSTOMERS = frozenset(
    {
        "fault_opened",
        "fault_reported",
        "fault_cleared",
        "order_opened",
        "acknowledged",
        "departed",
        "arrived",
        "arrived_late",
        "proposed",
        "postponed",
        "diagnosed",
        "repaired",
        "repaired_remotely",
        "verified",
        "verified_by_device",
        "accepted",
        "closed",
        "reopened",
        "inspection_issued",
        "customer_told",
    }
)


def accepted() -> tuple[str, ...]:
    """Everything a webhook may ask for: a family, or one event."""
    return (*FAMILIES, *sorted(set(EVENTS.values())))


def verbs_of(chosen: Collection[str]) -> frozenset[str]:
    """The verbs of the journal behind families and single events."""
    return frozenset(
        verb for verb, name in EVENTS.items() if name in chosen or name.partition(".")[0] in chosen
    )
