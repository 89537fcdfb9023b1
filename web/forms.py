"""One manner of form for every noun: which columns, drawn how, and what was typed into them.

A field carries its value as the importer's cell and, hidden beside it, what the cell said when
the form was drawn (`was.<name>`): so a form says what was touched, and a field that is not on
the form (private, not revealed) keeps what is stored.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import words
from operations.imports import Kind, columns_of
from operations.imports.changes import PRIVATE
from web.wired import Viewer

MOST_FIELDS, LONGEST = 3000, 4000


class Control(StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    LONG = "long"
    DAY = "date"
    FIGURE = "figure"
    CHOICE = "choice"
    TICKS = "ticks"
    ADDRESSES = "addresses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`words` is the prefix of the message ids of its options; options without are data."""

    name: str
    control: Control = Control.TEXT
    options: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields under one heading, `record.group.<name>`; `folded` where few need them."""

    name: str
    fields: tuple[Field, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    word: str
    data: bool = False  # a name of the company's own: nothing to translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A field as a template draws it. `theirs`: what another wrote into it meanwhile."""

    name: str
    control: Control
    label: str
    value: str
    was: str
    hint: str = ""
    error: str = ""
    theirs: str | None = None
    required: bool = False
    fixed: bool = False
    options: Sequence[Option] = ()
    channels: Sequence[str] = ()

    @property
    def parts(self) -> list[str]:
        """The values of a field that holds several."""
        return [part for part in self.value.split(";") if part]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(option.value, option.word) for option in self.options]

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """Channel and target, with room for two more where there is a channel to choose."""
        known = [(channel, target) for channel, _, target in (p.partition(":") for p in self.parts)]
        return [*known, *[("", "")] * (2 if self.channels else 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group with its fields drawn."""

    name: str
    fields: Sequence[Drawn]
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What came back: cells, what they had been, and the stamp of the line they were drawn from."""

    cells: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a form is drawn from: values, what they had been, what is wrong, what may be chosen."""

    cells: Mapping[str, str]
    was: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    fixed: Collection[str] = ()
    hidden: Collection[str] = ()
    channels: Sequence[str] = ()


def read(body: bytes, kind: Kind) -> Typed:
    """The posted form. Fields nobody asked for are passed by; nothing here raises on bad data.

    A NUL, which PostgreSQL cannot even look for, comes out as a letter the cells refuse.
    """
    given = _given(body)
    was = {
        column.name: given[f"was.{column.name}"][-1]
        for column in columns_of(kind)
        if f"was.{column.name}" in given
    }
    return Typed(
        cells={name: _cell(name, given) for name in was},
        was=was,
        stamp=given.get("stamp", [""])[-1],
    )


def beside(body: bytes, names: Collection[str]) -> dict[str, str]:
    """What a form asks beside the columns of its line."""
    given = _given(body)
    return {name: given.get(name, [""])[-1] for name in names}


def draw(visitor: Viewer, kind: Kind, groups: Sequence[Group], state: State) -> list[Section]:
    needed = {column.name for column in columns_of(kind) if column.needed}
    sections = []
    for group in groups:
        fields = [
            _drawn(visitor, kind, one, state, needed)
            for one in group.fields
            if one.name not in state.hidden
        ]
        folded = group.folded and not any(one.error or one.value != one.was for one in fields)
        if fields:
            sections.append(Section(name=group.name, fields=fields, folded=folded))
    return sections


def private(kind: Kind) -> frozenset[str]:
    return PRIVATE.get(kind, frozenset())


def told(visitor: Viewer, message_id: str, facts: Mapping[str, Any]) -> str:
    """The rules' sentence in the reader's words, also where it names a zone or a ring."""
    facts = dict(facts)
    for name in ("zone", "ring"):
        if name in facts:
            facts[name] = visitor.say(f"{name}.{facts[name]}")
    return visitor.say(message_id, **facts)


def _given(body: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        pairs = []
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value[:LONGEST].replace("\0", "\1"))
    return given


def _cell(name: str, given: Mapping[str, list[str]]) -> str:
    if f"{name}.target" in given:
        named = zip(given.get(f"{name}.channel", []), given[f"{name}.target"], strict=False)
        return ";".join(
            f"{channel}:{target.strip()}" for channel, target in named if target.strip()
        )
    return ";".join(value.strip() for value in given.get(name, []) if value.strip())


def _drawn(visitor: Viewer, kind: Kind, one: Field, state: State, needed: Collection[str]) -> Drawn:
    value = state.cells.get(one.name, "")
    options = [
        Option(value=each, word=visitor.say(f"{one.words}.{each}" if each else "record.nothing"))
        for each in one.options
    ]
    options += state.choices.get(one.name, ())
    return Drawn(
        name=one.name,
        control=one.control,
        label=_word(visitor, "record.field", kind, one.name),
        hint=_word(visitor, "record.hint", kind, one.name, missing=""),
        value=value,
        was=state.was.get(one.name, ""),
        error=state.errors.get(one.name, ""),
        theirs=state.theirs.get(one.name),
        required=one.name in needed,
        fixed=one.name in state.fixed,
        options=options,
        channels=state.channels,
    )


def _word(
    visitor: Viewer, prefix: str, kind: Kind, name: str, *, missing: str | None = None
) -> str:
    """The noun's own word for a column, else the one all share."""
    for key in (f"{prefix}.{kind}.{name}", f"{prefix}.{name}"):
        if words.has(key):
            return visitor.say(key)
    return visitor.say(f"{prefix}.{name}") if missing is None else missing
