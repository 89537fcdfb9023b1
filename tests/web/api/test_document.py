"""The OpenAPI document is true: what is answered has exactly the shape it says."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from rules.model import Role, WorkOrder
from rules.workflow import Verb
from storage.db import transaction
from storage.discovered import Heard, heard
from storage.rejects import Reject, add_all
from tests.web.api.conftest import Program, client
from tests.web.api.test_access import OPEN, ask
from tests.web.conftest import START, House

PDF = {
    ("GET", "/inspections/{inspection_id}/report.pdf"),
    ("GET", "/contact-cards/{customer_id}/card.pdf"),
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
KINDS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def fits(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str = "") -> None:
    """As much of JSON Schema as the document uses; a field it does not name fails too."""
    if reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    if choices := schema.get("anyOf"):
        schema = next(one for one in choices if (one.get("type") == "null") is (value is None))
        fits(document, schema, value, at)
        return
    if "enum" in schema:
        assert value in schema["enum"], at
    kind = schema["type"]
    if kind == "array":
        for number, one in enumerate(value):
            fits(document, schema["items"], one, f"{at}[{number}]")
    elif kind == "object":
        _fits_object(document, schema, value, at)
    else:
        assert isinstance(value, KINDS[kind]), at
        assert schema.get("format") != "date-time" or INSTANT.fullmatch(value), at
        assert schema.get("format") != "date" or DAY.fullmatch(value), at


def _fits_object(document: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> None:
    named = schema.get("properties", {})
    assert set(schema.get("required", ())) <= set(value), at
    for name, one in value.items():
        shape = named.get(name) or schema.get("additionalProperties")
        assert isinstance(shape, dict), f"{at}.{name} is not in the document"
        fits(document, shape, one, f"{at}.{name}")


@pytest.fixture
def document(house: House) -> dict[str, Any]:
    """Open to everybody: it tells nothing of the company."""
    answer = client(house, "").get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def said_of(document: dict[str, Any], method: str, path: str, answer: Any) -> dict[str, Any]:
    said = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    content: dict[str, Any] = said["content"]
    return content[answer.headers["content-type"].partition(";")[0]]["schema"]  # type: ignore[no-any-return]


def test_every_operation_is_in_it_with_token_and_scope(document: dict[str, Any]) -> None:
    found = {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert set(found) == set(OPEN)
    for operation in found.values():
        [needed] = operation["security"]
        assert len(needed["bearer"]) == 1
    assert document["servers"] == [{"url": "/api/v1"}]
    acting = found["POST", "/work-orders/{order_id}/{verb}"]["parameters"]
    [verb] = [one for one in acting if one["name"] == "verb"]
    assert set(document["components"]["schemas"]["Verb"]["enum"]) == set(Verb), verb
    assert {one["name"] for one in acting} >= {"Idempotency-Key", "If-Match"}


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert names <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in str(document)


@pytest.mark.usefixtures("issued", "foreign_sheet", "windows")
def test_answers_and_refusals_are_shaped_as_it_says(
    house: House, program: Program, order: WorkOrder, foreign: WorkOrder, document: dict[str, Any]
) -> None:
    with transaction(house.parts.database) as tx:
        add_all(tx, [Reject(at=START, topic="t", body=b"b", reason="r")], keep=9)
        one = Heard(site="S-1", device="c", at=START, messages=1, topic="t", sample="s")
        heard(tx, [one], keep=9)
    callers = {
        200: program(Role.ADMIN),
        401: client(house, ""),
        403: program(Role.ADMIN, []),
        404: program(Role.CUSTOMER),
    }
    seen = set()
    for method, path in set(OPEN) - {("GET", "/events"), *PDF}:
        for who in callers.values():
            answer = ask(who, method, path, foreign, "S-9")
            fits(document, said_of(document, method, path, answer), answer.json(), path)
            seen.add(answer.status_code)
    assert seen >= {200, 201, 401, 403, 404, 422}
    _fits_refusals(callers[200], order, document)


def _fits_refusals(who: TestClient, order: WorkOrder, document: dict[str, Any]) -> None:
    acting = "/work-orders/{order_id}/{verb}"
    for verb, headers, status in (
        ("accept", {}, 409),
        ("arrange", {"If-Match": '"77"'}, 412),
        ("dispatch", {}, 422),
        ("arrange", {"Idempotency-Key": ""}, 422),
        ("arrange", {"Idempotency-Key": "x" * 256}, 422),
    ):
        said = {"text": "Zhou"} if verb == "accept" else None
        at = f"/api/v1/work-orders/{order.id}/{verb}"
        answer = who.post(at, json=said, headers=headers)
        assert answer.status_code == status, (verb, answer.text)
        fits(document, said_of(document, "POST", acting, answer), answer.json(), verb)
