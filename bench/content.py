"""Restore points of a workspace of 1 GB in 10,000 files, by one daemon: what waits, what idles.

Then what people wait for who open a stopped one again (`reopen`), in an installation.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes
from time import monotonic

from bench import reopen, standing
from bench.record import lies_on, store
from tests import nodehost
from tests.daemon.caller import Caller
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

ROUNDS = 5
FILES, SIZE = 10_000, 100_000
CHANGED = 100
EVERY = 300.0
"""Seconds between two looks at a workspace in use, as the server asks for them by default."""
KEY = bytes(range(32))


def run() -> None:
    """Measure and store."""
    rounds: dict[str, list[float]] = {
        name: [] for name in ("first", "first cpu", "stop", "stop cpu", "quiet", "idle", "restore")
    }
    lay = ""
    with _daemon() as caller:
        nodehost.make_repository(caller.host)
        for _round in range(ROUNDS):
            lay = _one(caller, rounds)
        standing.measure(caller)
    rows = (
        ("first", "first restore point of 1 GB", "s", None),
        ("first cpu", "the same, processor time", "s", None),
        ("stop", "stop with 1 GB and 1 % changed, beyond the container's end", "s", 3.0),
        ("stop cpu", "the same, processor time", "s", None),
        ("quiet", "nothing changed", "s", None),
        ("idle", "continuous backup of an idle workspace", "% of a CPU", 3.0),
        ("restore", "restore of 1 GB in place", "s", None),
    )
    store(
        "content",
        "Restore points of a workspace",
        [
            {"what": what, "unit": unit, "goal": goal, "rounds": rounds[name], "cause": ""}
            for name, what, unit, goal in rows
        ],
        [
            "The daemon's own time: Seal and Backup until all is listed and was read back.",
            "Restore until the tree is synced and in its place.",
            f"Idle: processor time of one look at an unchanged tree, every {EVERY:.0f} s.",
            lay,
        ],
    )
    reopen.run()


def _one(caller: Caller, rounds: dict[str, list[float]]) -> str:
    """Fill in one round; return what its workspace lay on."""
    workspace = workspace_id_from(token_bytes(16))
    instance = f"{workspace}.1"
    caller.prepared(instance, caller.host.file_url("demo"))
    demo = Path(caller.host.layout.content) / workspace / "workspace" / "demo"
    for n in range(FILES):
        folder = demo / f"d{n % 100}"
        folder.mkdir(exist_ok=True)
        (folder / f"f{n}").write_bytes(os.urandom(SIZE))
    os.sync()
    before = _processor(caller)
    rounds["first"].append(_backup(caller, instance, "first"))
    rounds["first cpu"].append(_processor(caller) - before)
    for n in range(CHANGED):
        (demo / f"d{n % 100}" / f"f{n}").write_bytes(os.urandom(SIZE))
    begin, before = monotonic(), _processor(caller)
    caller.seal(instance)
    _backup(caller, instance, "stop")
    rounds["stop"].append(monotonic() - begin)
    rounds["stop cpu"].append(_processor(caller) - before)
    before = _processor(caller)
    rounds["quiet"].append(_backup(caller, instance, "quiet"))
    rounds["idle"].append(100 * (_processor(caller) - before) / EVERY)
    repository = pb.Repository(workspace=workspace, key=KEY)
    request = pb.RestoreRequest(
        instance=instance, restore="w", repository=repository, point="first"
    )
    caller.stub.Restore(request)
    rounds["restore"].append(
        float(caller.content(instance, pb.CONTENT_SEALED, pb.CONTENT_FAILED).took)
    )
    lay = lies_on(caller.host.layout, workspace)
    caller.discard(workspace, 1)
    caller.stub.Drop(pb.DropRequest(workspace=workspace, n=1))
    return lay


def _backup(caller: Caller, instance: str, point: str) -> float:
    status = caller.stub.Backup(pb.BackupRequest(instance=instance, point=point, key=KEY))
    if status.state == pb.BACKUP_WORKING:
        status = caller.backup(instance, point)
    if status.state != pb.BACKUP_DONE:
        raise RuntimeError(str(status.fault))
    return float(status.took)


def _processor(caller: Caller) -> float:
    """Processor seconds of the daemon and of all children that it has waited for."""
    process = caller.host.process
    if process is None:
        raise RuntimeError("the daemon has gone")
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _daemon() -> Iterator[Caller]:
    folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    host = nodehost.start_daemon(folder)
    caller = Caller(host)
    caller.patience = 600.0
    try:
        yield caller
    finally:
        caller.close()
        host.stop()
        shutil.rmtree(folder, ignore_errors=True)
