"""What goes on at a node until its power is lost, and what it has acknowledged by then.

One workspace is open and written to, line by line, each of them on the disk before it counts.
The other one is opened, changed, sealed, backed up, restored, frozen and discarded in turn. All
that is said to be done is noted, and what was asked for and is not answered yet: a loss of power
may leave that done or not, never half.
"""

import os
import random
import subprocess
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.daemon.caller import Caller, entering, eventually
from tests.daemon.oddtree import Fields, fields, grow
from tests.nodehost import NodeHost
from wire.proto import node_pb2 as pb

KEY = bytes(range(32))
FOLDER = "demo"
OWNER = 33333
INSIDE = """
import os, sys, threading
path, line, pause = sys.argv[1], 0, threading.Event()
file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
while True:
    os.write(file, b"%09d\\n" % line)
    os.fsync(file)
    print(line, flush=True)
    line += 1
    pause.wait(0.005)
"""
"""The writer of a container; it says each line that is on the disk."""


@dataclass(frozen=True)
class Known:
    """What holds; everything but `doing` was acknowledged."""

    written: int = 0
    """Lines of the workspace that is written to."""
    asked: dict[str, int] = field(default_factory=dict)
    """Its points → lines that were acknowledged when each was asked for."""
    n: int = 0
    """Newest start of the other workspace."""
    there: bool = False
    tree: Fields | None = None
    """What it holds since it was sealed; None while it is open or not there."""
    quiet: dict[bytes, Any] = field(default_factory=dict)
    """Contents of its files that nobody has touched since they were sealed."""
    points: dict[str, Fields] = field(default_factory=dict)
    frozen: dict[str, Fields] = field(default_factory=dict)
    stands: int = 0
    """Newest start of the third workspace, sealed on a snapshot; 0: that is not said."""
    doing: str = ""
    target: str = ""
    """Point, snapshot or wish that it is about."""
    becomes: Fields | None = None
    """What the tree is afterwards, where it may be another one."""


def contents(tree: Fields) -> dict[bytes, Any]:
    """Return what is in the files of a tree."""
    return {path: one["content"] for path, one in tree.items() if one["content"] is not None}


class Lives:
    """Both workspaces, until `stop`; `gate` is taken by whoever wants nothing new to begin."""

    def __init__(
        self, host: NodeHost, names: list[str], seed: int, *, contained: bool = False
    ) -> None:
        """`contained`: it is a container that writes, not somebody beside it."""
        self.host, self.caller, self.contained = host, Caller(host), contained
        self.chance = random.Random(seed)  # noqa: S311 -- rounds that can be repeated
        self.writing, self.turning, self.standing = names
        self.known = Known()
        self.gate = threading.Lock()
        self.broken: BaseException | None = None
        self._numbers = self._stands = 0
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(one,)) for one in self._all()]

    def _all(self) -> list[Any]:
        return [self._write, self._back_up, self._turn]

    def start(self) -> None:
        """Make the workspace that is written to, and let things go on."""
        ready = self.caller.prepared(f"{self.writing}.1", self.host.file_url("demo"))
        assert ready.state == pb.CONTENT_READY, ready
        if self.contained:
            running = self.caller.started(f"{self.writing}.1")
            assert running.state == pb.CONTAINER_RUNNING, running
            self.caller.booted(f"{self.writing}.1")
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        self._end.set()
        for one in self._threads:
            one.join()
        self.caller.close()

    def tree(self, workspace: str) -> Path:
        return Path(self.host.layout.content) / workspace / "workspace"

    def _run(self, turn: Any) -> None:
        try:
            while not self._end.is_set():
                turn()
        except BaseException as error:  # noqa: BLE001 -- whoever waits for it raises it
            self.broken = error

    def _know(self, **words: Any) -> None:
        """Note what is acknowledged, or asked for; nothing is while somebody has the gate."""
        with self.gate:
            self.known = replace(self.known, **words)

    def _write(self) -> None:
        if self.contained:
            self._write_inside()
            return
        with (self.tree(self.writing) / FOLDER / "written").open("ab", buffering=0) as file:
            while not self._end.wait(0.005):
                line = self.known.written
                file.write(b"%09d\n" % line)
                os.fsync(file.fileno())
                self._know(written=line + 1)

    def _write_inside(self) -> None:
        enter = entering(self.host, f"{self.writing}.1", OWNER)
        command = [*enter, "python3", "-c", INSIDE, f"/workspace/{FOLDER}/written"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for line in writer.stdout:
                self._know(written=int(line) + 1)
                if self._end.is_set():
                    writer.kill()
                    return
        raise AssertionError("the container writes no more")

    def _back_up(self) -> None:
        point = f"w{len(self.known.asked)}"
        lines = self.known.written
        self._backed_up(f"{self.writing}.1", point)
        self._know(asked={**self.known.asked, point: lines})
        self._end.wait(self.chance.random())

    def _backed_up(self, instance: str, point: str) -> str:
        """Return the point that there is now: an earlier one when nothing has changed."""
        asked = pb.BackupRequest(instance=instance, point=point, key=KEY)
        status = self.caller.stub.Backup(asked)
        if status.state == pb.BACKUP_WORKING:
            status = self.caller.backup(instance, point)
        assert status.state == pb.BACKUP_DONE, status
        return str(status.made.point)

    def _turn(self) -> None:
        """Do one thing with the other workspace."""
        known = self.known
        if not known.there:
            self._open()
        elif known.tree is None:
            self._change()
            self._seal()
        else:
            what = [self._open, self._keep, self._restore, self._freeze, self._thaw]
            self.chance.choice([*what, self._open, self._keep, self._let_go, self._discard])()

    def _number(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}{self._numbers}"

    @property
    def _instance(self) -> str:
        return f"{self.turning}.{self.known.n}"

    def _open(self) -> None:
        n, before = self.known.n + 1, self.known.tree
        self._know(doing="open")
        instance, url = f"{self.turning}.{n}", self.host.file_url("demo")
        ready = self.caller.prepared(instance, url, fresh=not self.known.there)
        assert ready.state == pb.CONTENT_READY, ready
        quiet = {} if before is None else contents(before)
        self._know(doing="", n=n, there=True, tree=None, quiet=quiet)

    def _change(self) -> None:
        """Write, with nothing said to be on the disk."""
        place = self.tree(self.turning) / FOLDER
        odd = place / self._number("odd")
        name = f"file{self.chance.randrange(4)}"
        path = os.fsencode(f"/{FOLDER}/{name}")
        quiet = {one: said for one, said in self.known.quiet.items() if one != path}
        self._know(quiet=quiet)
        odd.mkdir()
        grow(odd, self.chance.randrange(1 << 30), 30)
        (place / name).write_bytes(self.chance.randbytes(self.chance.randrange(1 << 21)))

    def _seal(self) -> None:
        tree = fields(self.tree(self.turning))
        self._know(doing="seal", becomes=tree)
        assert self.caller.seal(self._instance).state == pb.CONTENT_SEALED
        self._know(doing="", becomes=None, tree=tree, quiet={})

    def _keep(self) -> None:
        tree, point = self.known.tree, self._number("p")
        assert tree is not None
        self._know(doing="keep", target=point, becomes=tree)
        made = self._backed_up(self._instance, point)
        self._know(doing="", becomes=None, points={**self.known.points, made: tree})

    def _restore(self) -> None:
        if not self.known.points:
            return
        point, wish = self.chance.choice(sorted(self.known.points)), self._number("r")
        tree = self.known.points[point]
        self._know(doing="restore", target=wish, becomes=tree)
        asked = pb.RestoreRequest(
            instance=self._instance,
            restore=wish,
            repository=pb.Repository(workspace=self.turning, key=KEY),
            point=point,
        )
        self.caller.stub.Restore(asked)
        status = self.caller.content(asked.instance, pb.CONTENT_SEALED, pb.CONTENT_FAILED)
        assert (status.state, status.restored) == (pb.CONTENT_SEALED, wish), status
        self._know(doing="", becomes=None, tree=tree)

    def _freeze(self) -> None:
        snapshot, tree = self._number("s"), self.known.tree
        assert tree is not None
        self._know(doing="freeze", target=snapshot, becomes=tree)
        asked = pb.FreezeRequest(instance=self._instance, snapshot=snapshot)
        status = self.caller.stub.Freeze(asked)
        if status.state == pb.FROZEN_WORKING:
            status = self.caller.frozen(snapshot)
        assert status.state == pb.FROZEN_DONE, status
        self._know(doing="", becomes=None, frozen={**self.known.frozen, snapshot: tree})

    def _thaw(self) -> None:
        """Have a workspace stand on a snapshot; the one before goes."""
        if not self.known.frozen:
            return
        snapshot, n = self.chance.choice(sorted(self.known.frozen)), self._stands + 1
        self._know(doing="thaw", target=snapshot, stands=0)
        self.caller.discard(self.standing, self._stands)
        self._stands = n
        instance = f"{self.standing}.{n}"
        ready = self.caller.prepared(instance, "", snapshot=snapshot)
        assert ready.state == pb.CONTENT_READY, ready
        assert self.caller.seal(instance).state == pb.CONTENT_SEALED
        self._know(doing="", stands=n)

    def _let_go(self) -> None:
        """Let the oldest snapshot go."""
        if len(self.known.frozen) < 3:
            return
        snapshot, *left = sorted(self.known.frozen, key=lambda one: int(one[1:]))
        kept = {one: self.known.frozen[one] for one in left}
        self._know(doing="let go", target=snapshot, frozen=kept)
        self.caller.stub.LetGo(pb.LetGoRequest(snapshot=snapshot))
        self._know(doing="")

    def _discard(self) -> None:
        self._know(doing="discard")
        self.caller.discard(self.turning, self.known.n)
        self._know(doing="", there=False, tree=None, quiet={})

    def idle(self) -> None:
        """Wait until what was asked for is answered. Raises what has broken."""
        eventually(lambda: not self.known.doing or self.broken)
        if self.broken is not None:
            raise self.broken

    def pause(self, seconds: float) -> None:
        self._end.wait(seconds)
