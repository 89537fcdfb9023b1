"""The JSON API as an application of its own under /api/v1, with a document that is true of it."""

import re
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount

from web.api import (
    contact_cards,
    devices,
    discovered,
    drills,
    escalations,
    events,
    faults,
    handovers,
    inspections,
    maintenance,
    notices,
    occasions,
    oncall,
    planned_maintenance,
    problems,
    rejects,
    rota,
    statistics,
    swaps,
    units,
    work_orders,
)
from web.api.pace import Pace
from web.api.problems import MEDIA_TYPE, Problem
from web.stream import Pulse
from wiring.parts import Parts

ROUTERS = (
    faults.router,
    escalations.router,
    work_orders.router,
    devices.router,
    units.router,
    maintenance.router,
    planned_maintenance.router,
    inspections.router,
    contact_cards.router,
    statistics.router,
    oncall.router,
    drills.router,
    rota.router,
    swaps.router,
    handovers.router,
    occasions.router,
    notices.router,
    rejects.router,
    discovered.router,
    events.router,
)
_TOLD = {
    400: "the body is not JSON",
    401: "no token, or one that opens nothing",
    403: "the token's scopes or the person's permits do not include this",
    404: "not there, or not within reach",
    409: "not possible as it stands now",
    412: "If-Match names another version",
    413: "more than 1 MiB",
    422: "a field holds what is not accepted; errors says which",
    429: "too many requests with this token; Retry-After says how long to wait",
    500: "it failed on our side",
    503: "not available for the moment; Retry-After says when to come again",
}
_ONLY_POST = {400, 409, 412, 413}
_REFERENCE = "#/components/schemas/Problem"


class Api(FastAPI):
    """Every operation says that its errors are problem documents."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema:
            return self.openapi_schema
        document = super().openapi()
        schemas = document["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= whole.pop("$defs") | {"Problem": whole}
        for path in document["paths"].values():
            for method, operation in path.items():
                operation["responses"] |= _problems(method)
        return document


def laid_out() -> FastAPI:
    api = Api(
        title="Ringwatch",
        version="1",
        description="See docs/api.md. Times are RFC 3339 in UTC, ids opaque strings.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    for router in ROUTERS:
        api.include_router(router)
    problems.install(api)
    return api


def furnish(api: FastAPI, parts: Parts, pulse: Pulse) -> None:
    api.state.parts = parts
    api.state.pulse = pulse
    api.state.pace = Pace(lambda: parts.policy.api_per_minute)


def mounted(api: FastAPI) -> Mount:
    """Under /api/v1, whatever follows: a line break in an address is answered by the API too."""
    mount = Mount("/api/v1", app=api)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _problems(method: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE}}}
    return {
        str(status): {"description": words, "content": content}
        for status, words in _TOLD.items()
        if method == "post" or status not in _ONLY_POST
    }
