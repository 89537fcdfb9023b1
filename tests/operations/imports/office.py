"""An office with empty lists: hands in files and looks at what became of them."""

from datetime import UTC, datetime

import words
from operations.imports import Kind, Outcome, load
from rules.policy import Policy, ZoneHours
from storage.db import Database, transaction

NOW = datetime(2026, 6, 15, 1, 2, 3, tzinfo=UTC)
POLICY = Policy(zone_hours=ZoneHours(city=5.0))

CUSTOMERS = "code,name\nC1,锦江商场\n"
CONTRACTS = "number,customer,tier,start,end\nK1,C1,basic,2026-01-01,2026-12-31\n"
SITES = "code,name,customer,contract,zone,on_site_hours\nS1,总店,C1,K1,ring1,\nS2,分店,C1,,ring2,\n"
SYSTEMS = "site,code,kind\nS1,V,video\n"
DEVICES = "site,code,type,via\nS1,up,uplink,\nS1,sw,switch,up\nS1,cam,camera,sw\n"
BEFORE = {
    Kind.CUSTOMERS: CUSTOMERS,
    Kind.CONTRACTS: CONTRACTS,
    Kind.SITES: SITES,
    Kind.SYSTEMS: SYSTEMS,
    Kind.DEVICES: DEVICES,
}


def hand_in(
    database: Database, kind: Kind, text: str | bytes, *, policy: Policy = POLICY, dry: bool = False
) -> Outcome:
    data = text if isinstance(text, bytes) else text.encode()
    with transaction(database) as tx:
        return load(tx, kind, data, policy=policy, by=None, now=NOW, dry_run=dry)


def opened(database: Database, upto: Kind) -> None:
    """The lists that must stand before `upto`, and that one itself."""
    for kind, text in BEFORE.items():
        assert hand_in(database, kind, text).errors == ()
        if kind is upto:
            return


def refused(database: Database, kind: Kind, text: str | bytes) -> list[tuple[int, str, str, str]]:
    """Line, column, value and message of everything wrong; each must read well in both."""
    outcome = hand_in(database, kind, text)
    assert not outcome.fine
    for error in outcome.errors:
        for language in words.LANGUAGES:
            sentence = words.say(language, error.message_id, **error.facts)
            assert sentence != error.message_id
            assert "{" not in sentence
    return [(e.line, e.column, e.value, e.message_id.rpartition(".")[2]) for e in outcome.errors]
