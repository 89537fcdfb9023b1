"""What makes a file readable at all, and what is said when it is not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.imports import Kind, columns_of, sheet
from operations.imports.outcome import MOST_ERRORS, Findings
from storage import company, journal, revision
from storage import customers as customer_rows
from storage.db import Database, transaction
from tests.examples import examples
from tests.operations.imports.office import CUSTOMERS, NOW, hand_in, opened, refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_may_come_in_any_of_three_encodings(database: Database, encoding: str) -> None:
    assert hand_in(database, Kind.CUSTOMERS, CUSTOMERS.encode(encoding)).created == 1
    with transaction(database) as tx:
        (customer,) = customer_rows.all_customers(tx)
    assert (customer.code, customer.name) == ("C1", "锦江商场")


def test_order_of_columns_is_free_and_blank_lines_are_nothing(database: Database) -> None:
    text = "\r\nname, code \r\n甲,C1\r\n\r\n ,\r\n乙,C2\r\n"
    assert hand_in(database, Kind.CUSTOMERS, text).created == 2


def test_importing_again_updates_by_code_and_never_deletes(database: Database) -> None:
    hand_in(database, Kind.CUSTOMERS, "code,name,phone\nA,甲,028-1234\nB,乙,\n")
    outcome = hand_in(database, Kind.CUSTOMERS, "code,name\nB,丙\nC,丁\n")
    assert (outcome.created, outcome.updated, outcome.unchanged) == (1, 1, 0)
    again = hand_in(database, Kind.CUSTOMERS, "code,name\nB,丙\nA,甲\n")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    with transaction(database) as tx:
        assert {one.code: one.name for one in customer_rows.all_customers(tx)} == {
            "A": "甲",
            "B": "丙",
            "C": "丁",
        }


def test_a_missing_column_keeps_what_is_stored_and_an_empty_cell_clears_it(
    database: Database,
) -> None:
    hand_in(database, Kind.CUSTOMERS, "code,name,phone,email\nA,甲,028-1234,a@example.com\n")
    hand_in(database, Kind.CUSTOMERS, "code,name,email\nA,甲,\n")
    with transaction(database) as tx:
        (customer,) = customer_rows.all_customers(tx)
    assert (customer.phone, customer.email) == ("028-1234", "")


def test_one_error_and_nothing_is_kept(database: Database) -> None:
    errors = refused(database, Kind.CUSTOMERS, "code,name,language\nA,甲,zh\nB,乙,fr\nC,,zh\n")
    assert errors == [(3, "language", "fr", "one_of"), (4, "name", "", "empty")]
    with transaction(database) as tx:
        assert customer_rows.all_customers(tx) == []
        assert revision.current(tx) == 0
        assert journal.last_id(tx) == 0


def test_a_dry_run_says_the_same_and_keeps_nothing(database: Database) -> None:
    dry = hand_in(database, Kind.CUSTOMERS, CUSTOMERS, dry=True)
    assert (dry.created, dry.dry_run, dry.fine) == (1, True, True)
    with transaction(database) as tx:
        assert customer_rows.all_customers(tx) == []
        assert journal.last_id(tx) == 0
    assert hand_in(database, Kind.CUSTOMERS, CUSTOMERS).created == 1


def test_the_journal_says_who_brought_in_what(database: Database) -> None:
    hand_in(database, Kind.CUSTOMERS, CUSTOMERS)
    hand_in(database, Kind.CUSTOMERS, CUSTOMERS)
    with transaction(database) as tx:
        (entry,) = journal.after(tx, 0, NOW)
        assert revision.current(tx) == 1
    assert (entry.verb, entry.actor) == ("imported", "system")
    assert entry.facts == {"kind": "customers", "created": 1, "updated": 0}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", (0, "", "", "empty_file")),
        ("\n\n", (0, "", "", "empty_file")),
        ("code,name,colour\nA,甲,red\n", (1, "colour", "", "unknown_column")),
        ("code,name,name\nA,甲,乙\n", (1, "name", "", "column_twice")),
        ("code\nA\n", (1, "name", "", "missing_column")),
        ("code,name\nA\n", (2, "", "", "cells")),
        ("code,name\nA,甲,乙\n", (2, "", "", "cells")),
        ("code,name\nA,甲\nA,乙\n", (3, "code", "A", "twice")),
        ('code,name\nA,"甲" x\n', (2, "", "", "csv")),
        ('code,name\nA,"甲\n', (2, "", "", "csv")),
        ("code,name\nA\0,甲\n", (0, "", "", "encoding")),
        (b"code,name\nA,\xff\xff\n", (0, "", "", "encoding")),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    database: Database, text: str | bytes, error: tuple[int, str, str, str]
) -> None:
    assert refused(database, Kind.CUSTOMERS, text) == [error]


def test_a_line_is_where_its_row_begins_in_the_file(database: Database) -> None:
    text = 'code,name,address,language\nA,甲,"一\n二\n三",zh\nB,乙,,fr\n'
    assert refused(database, Kind.CUSTOMERS, text) == [(5, "language", "fr", "one_of")]


@pytest.mark.parametrize(
    "name", ["=1+1", "@SUM(A1)", "+SUM(A1)", "-2+3+cmd|' /C calc'!A0", "+HYPERLINK(1)"]
)
def test_what_a_spreadsheet_would_run_is_refused(database: Database, name: str) -> None:
    text = f"code,name\nA,{name}\n"
    assert [error[3] for error in refused(database, Kind.CUSTOMERS, text)] == ["formula"]


@pytest.mark.parametrize("name", ["-1层东侧", "+1 楼", "-1F(西)", "A=B", "7-11"])
def test_what_only_begins_like_a_sign_is_a_name(database: Database, name: str) -> None:
    assert hand_in(database, Kind.CUSTOMERS, f"code,name\nA,{name}\n").created == 1


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("name", "x" * 2001, "too_long"),
        ("name", "a\x07b", "control_character"),
        ("code", "x" * 65, "code_too_long"),
        ("email", "li@example", "email"),
        ("email", "two words@example.com", "email"),
        ("phone", "call me", "phone"),
        ("phone", "1", "phone"),
    ],
)
def test_a_cell_says_what_it_accepts(
    database: Database, column: str, value: str, message: str
) -> None:
    cells = {"code": "A", "name": "甲", "email": "", "phone": "", column: value}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    assert [(e[1], e[3]) for e in refused(database, Kind.CUSTOMERS, text)] == [(column, message)]


@pytest.mark.parametrize("phone", ["+8613800000001", "028-86660001", "(028) 8666 0001", "8666#2"])
def test_telephone_numbers_as_people_write_them(database: Database, phone: str) -> None:
    assert hand_in(database, Kind.CUSTOMERS, f"code,name,phone\nA,甲,{phone}\n").fine


def test_a_file_that_is_wrong_throughout_is_not_read_out_line_by_line(database: Database) -> None:
    text = "code,name\n" + "".join(f"C{n},\n" for n in range(MOST_ERRORS + 500))
    outcome = hand_in(database, Kind.CUSTOMERS, text)
    assert (len(outcome.errors), outcome.errors_in_all) == (MOST_ERRORS, MOST_ERRORS + 500)


def test_size_is_bounded(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_BYTES", 20)
    assert refused(database, Kind.CUSTOMERS, "x" * 21) == [(0, "", "", "too_big")]
    monkeypatch.setattr(sheet, "MOST_BYTES", 1000)
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    text = "code,name\nA,甲\nB,乙\nC,丙\n"
    assert refused(database, Kind.CUSTOMERS, text) == [(4, "", "", "too_many_rows")]


def test_every_example_is_accepted_by_its_own_column() -> None:
    for kind in Kind:
        for column in columns_of(kind):
            column.read(column.example)


@given(st.sampled_from(Kind), st.binary(max_size=300))
def test_no_bytes_make_the_reader_stumble(kind: Kind, data: bytes) -> None:
    sheet.read(data, columns_of(kind), Findings())


cell = st.text(max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(40))
@given(kind=st.sampled_from(Kind), data=st.data())
def test_no_cells_make_an_import_stumble(
    database: Database, kind: Kind, data: st.DataObject
) -> None:
    """Whatever stands in the cells, the answer is an outcome, and errors keep nothing."""
    opened(database, Kind.DEVICES)
    names = [column.name for column in columns_of(kind)]
    examples = {column.name: column.example for column in columns_of(kind)}
    known = st.sampled_from(["", "S1", "S2", "C1", "K1", "V", "cam", "sw", "up", "yes", "1", "*"])
    cells = [data.draw(cell | known | st.just(examples[name])) for name in names]
    quoted = ['"' + value.replace('"', '""') + '"' for value in cells]
    text = ",".join(names) + "\n" + ",".join(quoted) + "\n"
    outcome = hand_in(database, kind, text.encode("utf-8", "replace"))
    assert outcome.fine == (not outcome.errors)
    with transaction(database) as tx:
        company.set_fact(tx, "still", "usable", NOW)
