"""Starts from snapshots of 10 MB, 1 GB and, where the disk has room, 10 GB: the content step."""

import os
import shutil
from pathlib import Path
from secrets import token_bytes

from bench.record import lies_on, store
from tests.daemon.caller import Caller
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

ROUNDS = 5
SIZE = 100_000
SIZES = {"10 MB": 100, "1 GB": 10_000, "10 GB": 100_000}
"""Files of 100 kB each."""
ROOM = 3
"""Times the largest tree that the disk has to have free."""


def measure(caller: Caller) -> None:
    """Measure over a daemon, and store."""
    rows, lay = [], ""
    for name, files in SIZES.items():
        free = shutil.disk_usage(str(caller.host.layout.content)).free
        if free < ROOM * files * SIZE:
            continue
        made, starts, lay = _one(caller, files)
        rows += [
            (f"snapshot of {name} made", [made]),
            (f"content of a workspace that begins as {name}", starts),
        ]
    store(
        "standing",
        "Workspaces that begin as a snapshot",
        [
            {"what": what, "unit": "s", "goal": None, "rounds": rounds, "cause": ""}
            for what, rounds in rows
        ],
        ["The daemon's own time of Freeze, and of Prepare until the tree is open.", lay],
        command="content",
    )


def _one(caller: Caller, files: int) -> tuple[float, list[float], str]:
    source = workspace_id_from(token_bytes(16))
    instance = f"{source}.1"
    caller.prepared(instance, caller.host.file_url("demo"))
    demo = Path(caller.host.layout.content) / source / "workspace" / "demo"
    for n in range(files):
        folder = demo / f"d{n % 100}"
        folder.mkdir(exist_ok=True)
        (folder / f"f{n}").write_bytes(os.urandom(SIZE))
    os.sync()
    snapshot = f"bench-{files}"
    caller.stub.Freeze(pb.FreezeRequest(instance=instance, snapshot=snapshot))
    made = caller.frozen(snapshot).took
    starts, lay = [], ""
    for _round in range(ROUNDS):
        workspace = workspace_id_from(token_bytes(16))
        url = caller.host.file_url("demo")
        starts.append(float(caller.prepared(f"{workspace}.1", url, snapshot=snapshot).took))
        lay = lies_on(caller.host.layout, workspace)
        caller.discard(workspace, 1)
    caller.stub.LetGo(pb.LetGoRequest(snapshot=snapshot))
    caller.discard(source, 1)
    return float(made), starts, lay
