"""A drill in a house: it runs, and every engineer of the house is called."""

from operations import drills as drill_desk
from operations.drills import Wish
from rules.drills import Drill
from rules.model import Role
from storage import drills as drill_rows
from storage import links
from storage.db import Tx, transaction
from tests.web.conftest import House


def a_drill(tx: Tx, house: House) -> Drill:
    wish = Wish(name="夜间呼叫", people=(house.people[Role.ENGINEER],))
    return drill_desk.plan(tx, wish, house.people[Role.HEAD], house.clock())


def link_of(house: House, drill: Drill) -> str:
    """What its letter to the engineer leads to."""
    with transaction(house.parts.database) as tx:
        [call] = drill_rows.calls(tx, drill.id)
        who, ends = call.person_id, drill.ends_at
        token = links.create(tx, who, "drill", drill.id, call.notice_id, house.clock(), ends)
    return f"/l/{token}"
