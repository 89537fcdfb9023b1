"""What comes with a request: cursor and limit of a list, ids, and the key of a POST."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_ITEMS = 200
Line = Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")]
Said = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
Id = Annotated[str, Path(pattern=r"^[0-9]{1,18}$", description="an opaque id")]
Code = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


class Strict(BaseModel):
    """What is not named here is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)


class Filter(Strict):
    """The query of an address; an empty value is as good as none."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if value != ""}
        return given


class Paged(Filter):
    """Lists go newest first; `cursor` is `next` of the page before."""

    limit: int = Field(50, ge=1, le=MOST_ITEMS)
    cursor: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None

    @property
    def before(self) -> int | None:
        return int(self.cursor) if self.cursor else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Under which key a POST was sent, and to where."""

    key: str | None
    path: str


def _sender(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[!-~]+$",
            description="Sent again within 24 hours it is answered again, and done once.",
        ),
    ] = None,
) -> Sender:
    return Sender(key=key, path=request.url.path)


Asked = Annotated[Sender, Depends(_sender)]
