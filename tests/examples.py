"""How hard properties are looked at: the same examples in every run, a search in `make soak`."""

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

ORDINARY, SEARCH = "house", "search"
MORE = 10

_constants_of_what_is_loaded = providers._get_local_constants  # noqa: SLF001 - no public switch


def register() -> None:
    """Make both profiles known, and the ordinary one current; a machine may be slow."""
    patient = settings(
        settings.get_profile("default"),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
    settings.register_profile(ORDINARY, patient, derandomize=True)
    settings.register_profile(SEARCH, patient, max_examples=MORE * patient.max_examples)
    settings.load_profile(ORDINARY)
    providers._get_local_constants = _constants  # noqa: SLF001


def searching() -> bool:
    return settings.get_current_profile_name().startswith(SEARCH)


def examples(ordinarily: int) -> int:
    """So many in an ordinary run, ten times as many in a search."""
    return ordinarily * (MORE if searching() else 1)


def _constants() -> Constants:
    """Which modules are loaded differs between workers and selections: examples must not."""
    return _constants_of_what_is_loaded() if searching() else Constants()
