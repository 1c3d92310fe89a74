"""What a mirror saves: the content step of a large repository on a git host, with and without.

One daemon for each way, a git host in a network namespace of its own, 200 MB in 2,000 files.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

from bench.record import store
from tests import nodehost
from tests.daemon.caller import Caller
from tests.daemon.outside import start_outside
from tests.githost import GitHost
from wire.ids import workspace_id_from
from wire.proto import node_pb2 as pb

ROUNDS = 5
SMALL_ROUNDS = 20
FILES, SIZE = 2000, 100_000


def run() -> None:
    """Measure and store."""
    rounds: dict[str, list[float]] = {name: [] for name in ("whole", "first", "second", "file")}
    with _host() as githost:
        with _daemon(PODIUM_MIRROR_LIMIT="0") as caller:
            for _round in range(ROUNDS):
                rounds["whole"].append(_content(caller, githost.url("large")))
        with _daemon() as caller:
            for _round in range(ROUNDS):
                shutil.rmtree(caller.host.layout.mirrors)
                Path(caller.host.layout.mirrors).mkdir(mode=0o700)
                rounds["first"].append(_content(caller, githost.url("large")))
                rounds["second"].append(_content(caller, githost.url("large")))
            nodehost.make_repository(caller.host)
            _content(caller, caller.host.file_url("demo"))
            for _round in range(SMALL_ROUNDS):
                rounds["file"].append(_content(caller, caller.host.file_url("demo")))
    rows = (
        ("whole", "200 MB over http, no mirror (before)", None),
        ("first", "200 MB over http, first workspace", None),
        ("second", "200 MB over http, second workspace", None),
        ("file", "small file:// repository", 0.15),
    )
    store(
        "mirror",
        "The files of a workspace, from a git host and from the node's mirror",
        [
            {"what": what, "unit": "s", "goal": goal, "rounds": rounds[name], "cause": ""}
            for name, what, goal in rows
        ],
        [
            "The daemon's own time from Prepare to a tree that is synced to the disk.",
            "The git host is on the same machine: over a real line only the first would be slower.",
        ],
    )


@contextmanager
def _host() -> Iterator[GitHost]:
    outside, folder = start_outside(), Path(tempfile.mkdtemp(prefix="podium-bench-"))
    try:
        with GitHost(folder, netns=f"px{outside.number}", address=outside.address) as serving:
            serving.make("large")
            for number in range(FILES):
                serving.work("large").joinpath(f"f{number}").write_bytes(os.urandom(SIZE))
            serving.commit("large", "Files")
            serving.push("large")
            bare = ["git", "-C", str(folder / "large.git"), "-c", "pack.compression=0"]
            subprocess.run([*bare, "repack", "-a", "-d", "-q"], check=True)
            yield serving
    finally:
        outside.stop()
        shutil.rmtree(folder)


@contextmanager
def _daemon(**environment: str) -> Iterator[Caller]:
    folder = Path(tempfile.mkdtemp(prefix="podium-bench-"))
    host = nodehost.start_daemon(folder, **environment)
    caller = Caller(host)
    try:
        yield caller
    finally:
        caller.close()
        host.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _content(caller: Caller, url: str) -> float:
    """Seconds of one workspace's content; the workspace is discarded afterwards."""
    workspace = workspace_id_from(token_bytes(16))
    done = caller.prepared(f"{workspace}.1", url)
    if done.state != pb.CONTENT_READY:
        raise RuntimeError(str(done.fault))
    caller.deleted(f"{workspace}.1", grace=0)
    caller.seal(f"{workspace}.1")
    caller.discard(workspace, 1)
    return float(done.took)
