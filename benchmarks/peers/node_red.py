"""Node-RED 4.1 with its SQLite node: a flow as its users draw it, two function nodes."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.fleet import LIMIT_S, wait
from benchmarks.peers.missing import MissingError
from tests.servers import Mosquitto, free_port

NAME = "Node-RED"
WANTED = ("node-red@4.1", "node-red-node-sqlite@1.1")

HEAR = """
const device = msg.topic.split('/')[3];
const seen = flow.get('seen') || {};
seen[device] = Date.now();
flow.set('seen', seen);
const told = flow.get('told') || {};
told[device] = false;
flow.set('told', told);
const row = {topic: 'INSERT INTO said VALUES (?, ?, ?)',
             payload: [Date.now(), device, JSON.stringify(msg.payload)]};
const alert = msg.payload.flags.tamper ? {payload: {device: device, code: 'tamper'}} : null;
return [row, alert];
"""
LOOK = """
const now = Date.now(), seen = flow.get('seen') || {}, told = flow.get('told') || {};
for (const device of Object.keys(seen)) {
    if (now - seen[device] > LIMIT_MS && !told[device]) {
        told[device] = true;
        node.send({payload: {device: device, code: 'silent'}});
    }
}
flow.set('told', told);
"""


@dataclass(slots=True)
class NodeRed:
    database: Path
    name: str = NAME

    def stored(self) -> int:
        try:
            with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as asked:
                return int(asked.execute("SELECT count(*) FROM said").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@contextmanager
def started(folder: Path, broker: Mosquitto, alerts: str, tools: Path) -> Iterator[NodeRed]:
    red = _installed(tools)
    user, database = folder / "red", folder / "said.db"
    user.mkdir()
    with sqlite3.connect(database) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE said (at INTEGER, device TEXT, body TEXT)")
    made.close()
    (user / "flows.json").write_text(json.dumps(_flows(broker.port, alerts, database)))
    (user / "settings.js").write_text("module.exports = {flowFile: 'flows.json'};")
    (user / "node_modules").symlink_to(red.parent.parent)
    (user / "package.json").write_text(
        json.dumps({"dependencies": dict(one.rsplit("@", 1) for one in WANTED[1:])})
    )
    with (folder / "log").open("w") as log:
        command = [str(red), "--userDir", str(user), "--port", str(free_port())]
        running = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
        try:
            peer = NodeRed(database)
            wait(lambda: "Started flows" in (folder / "log").read_text(), 60)
            yield peer
        finally:
            running.terminate()
            running.wait(30)


def _installed(tools: Path) -> Path:
    red = tools / "node_modules" / ".bin" / "node-red"
    if not red.exists() or not (tools / "node_modules" / "node-red-node-sqlite").exists():
        npm = shutil.which("npm")
        if npm is None:
            raise MissingError("npm is not installed")
        tools.mkdir(parents=True, exist_ok=True)
        for words in (
            ["install", "--no-audit", "--no-fund", *WANTED],
            ["install-scripts", "approve", "sqlite3"],  # an older npm asks nobody
            ["rebuild", "sqlite3"],
        ):
            subprocess.run([npm, *words], cwd=tools, capture_output=True, check=False, timeout=600)
    if not red.exists():
        raise MissingError("npm could not install node-red")
    return red


def _flows(port: int, alerts: str, database: Path) -> list[dict[str, object]]:
    def node(id_: str, kind: str, wires: list[list[str]], **more: object) -> dict[str, object]:
        return {"id": id_, "type": kind, "z": "flow", "wires": wires, "x": 0, "y": 0, **more}

    mqtt = {"broker": "127.0.0.1", "port": str(port), "clientid": "", "cleansession": True}
    return [
        {"id": "flow", "type": "tab", "label": "fleet"},
        {"id": "broker", "type": "mqtt-broker", **mqtt, "protocolVersion": "4"},
        {"id": "file", "type": "sqlitedb", "db": str(database), "mode": "RWC"},
        node(
            "in", "mqtt in", [["hear"]], broker="broker", topic="ringwatch/v1/+/+/health",
            qos="1", datatype="json",
        ),
        node("hear", "function", [["store"], ["post"]], outputs=2, func=HEAR),
        node("store", "sqlite", [[]], mydb="file", sqlquery="msg.topic", sql="", name="store"),
        node(
            "every", "inject", [["look"]], repeat="1", once=True, onceDelay="1",
            props=[{"p": "payload"}], payload="", payloadType="date",
        ),
        node(
            "look", "function", [["post"]], outputs=1,
            func=LOOK.replace("LIMIT_MS", str(int(LIMIT_S * 1000))),
        ),
        node("post", "http request", [[]], method="POST", ret="txt", url=f"http://{alerts}/page"),
    ]  # fmt: skip
