"""Every operation of the document, on a real server, with what it takes and what it does not.

No answer is a 5xx and none has another shape than the document says.
"""

from collections.abc import Sequence
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from rules.model import Role
from tests.examples import examples
from tests.web.api.conftest import a_token
from tests.web.api.test_access import OPEN
from tests.web.conftest import House
from tests.web.test_stream import server
from web.api.pace import Pace

__all__ = ["server"]
ENDLESS = "/events"  # its tests are in test_events.py
EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REAL = {"order_id": "1", "inspection_id": "1", "site": "S-1", "code": "d0"}
REAL |= dict.fromkeys(("swap_id", "note_id", "occasion_id", "item_id"), "1")
REAL |= dict.fromkeys(("window_id", "planned_id"), "1")
QUIET = settings(
    max_examples=examples(EXAMPLES),
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def unhurried(house: House) -> None:
    """The rate is not what is looked at here."""
    api = next(one for one in house.app.routes if getattr(one, "path", "") == "/api/v1")
    api.app.state.pace = Pace(lambda: 10_000_000)  # type: ignore[attr-defined]


def operations(address: str) -> dict[tuple[str, str], Any]:
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
    found: dict[tuple[str, str], Any] = {}
    for one in schema.get_all_operations():
        operation = one.ok()  # type: ignore[union-attr]  # else it raises: the document is wrong
        found[operation.method.upper(), operation.path] = operation
    return found


def tried(operation: Any, mode: GenerationMode, tokens: Sequence[str]) -> set[int]:
    """The statuses it answered with; ids and codes are those of real things half of the time."""
    seen: set[int] = set()

    @QUIET
    @given(
        case=operation.as_strategy(generation_mode=mode),
        real=st.booleans(),
        token=st.sampled_from(tokens),
    )
    def ask(case: Any, real: bool, token: str) -> None:  # noqa: FBT001 - hypothesis calls it
        if real:
            known = {name: REAL[name] for name in case.path_parameters or {} if name in REAL}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        answer = case.call(headers={"Authorization": f"Bearer {token}"}, timeout=60)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
    return seen


@pytest.mark.hypothesis
@pytest.mark.usefixtures("issued", "foreign_sheet", "windows", "duties", "unhurried")
def test_whatever_is_sent_the_answer_is_in_the_document(house: House, server: str) -> None:
    tokens = [a_token(house, role) for role in (Role.ADMIN, Role.CUSTOMER)]
    found = operations(server)
    assert set(found) == {(method, f"{path}") for method, path in OPEN}
    seen: set[int] = set()
    for (_, path), operation in found.items():
        if path != ENDLESS:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                seen |= tried(operation, mode, tokens)
    assert seen >= {200, 404, 422}
    assert seen <= {200, 201, 400, 401, 403, 404, 405, 409, 412, 413, 422}
