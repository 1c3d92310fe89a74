"""Restore points in memory, beside the fake runtime: its trees are dictionaries of files.

As with the daemon, whoever asks for one is told that it is worked at, even where it is done at
once: `sight` tells how it went.
"""

import asyncio
import io
import tarfile
import zipfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from itertools import count

from msgspec.structs import replace

from app.runtime.fake import FakeRuntime
from app.runtime.points import (
    Absent,
    BackupState,
    BackupStatus,
    Entry,
    EntryKind,
    ExportFormat,
    Made,
    Repository,
    Sighting,
)
from app.runtime.port import ContentState, ContentStatus, Refused
from wire.ids import InstanceId
from wire.problems import Problem

Tree = Mapping[bytes, bytes]
"""Path → content."""
WRONG_KEY = Problem(code="repository_key", title="The key does not open the restore points")
MISSING = Problem(code="content_missing", title="The workspace's files are not on this machine")
UNKNOWN = Problem(code="point_unknown", title="There is no such restore point")
_PIECE = 65536


class FakePoints:
    """Points over a fake runtime; `files` are the trees as people left them."""

    def __init__(self, node: FakeRuntime) -> None:
        self._node = node
        self.files: dict[str, dict[bytes, bytes]] = {}
        self.points: dict[str, dict[str, Tree]] = {}
        self.keys: dict[str, bytes] = {}
        self.excludes: dict[str, tuple[str, ...]] = {}
        self.lacking: set[str] = set()
        """Points whose repository has lost some of their content."""
        self.modified = 0.0
        """Moment at which every file was changed last."""
        self.made: dict[str, Made] = {}
        """What is told of each point, and below the moments that they are told to be of."""
        self._backups: dict[str, BackupStatus] = {}
        self._restores: dict[str, ContentStatus] = {}
        self.clock = count(1)
        self._watchers: set[asyncio.Event] = set()

    def share(self, other: "FakePoints") -> None:
        """Have the same store as another node."""
        self.points, self.keys, self.made = other.points, other.keys, other.made
        self.lacking, self.clock = other.lacking, other.clock

    def progress(self, point: str, text: str, done: int, total: int) -> None:
        """Let a point that is held tell how far it is."""
        status = self._backups[point]
        self._backups[point] = replace(status, progress=text, done=done, total=total)
        self._moved()

    def _moved(self) -> None:
        for one in self._watchers:
            one.set()

    async def watch(self) -> AsyncGenerator[None, None]:
        moved = asyncio.Event()
        self._watchers.add(moved)
        try:
            while True:
                self._node.reach("follow", "")
                yield
                await moved.wait()
                moved.clear()
        finally:
            self._watchers.discard(moved)

    async def sight(self) -> Sighting:
        self._node.reach("sight", "")
        restores = self._restores.values()
        open_or_failed = [one for one in restores if one.state is not ContentState.SEALED]
        trees = self._node.contents.values()
        return Sighting([*self._backups.values()], [*trees, *open_or_failed])

    async def backup(
        self,
        instance: InstanceId,
        point: str,
        key: bytes,
        *,
        excludes: Sequence[str] = (),
        always: bool = False,
        left: bool = False,
    ) -> BackupStatus:
        self._node.call("backup", instance)
        self.excludes[instance.workspace] = tuple(excludes)
        workspace = instance.workspace
        if workspace not in self._node.contents:
            missing = BackupStatus(point=point, state=BackupState.FAILED, problem=MISSING)
            self._backups[point] = missing
            return missing
        known = self._backups.get(point)
        if known is not None and known.state is not BackupState.FAILED:
            return known
        if self.keys.setdefault(workspace, key) != key:
            return BackupStatus(point=point, state=BackupState.FAILED, problem=WRONG_KEY)
        working = BackupStatus(point=point, state=BackupState.WORKING)
        self._backups[point] = working
        self._node.script.begin("backup", lambda: self._backed_up(workspace, point, always, left))
        return working

    async def listed(self, repository: Repository) -> list[Made]:
        self._node.reach("listed", repository.workspace)
        if self.keys.get(repository.workspace, repository.key) != repository.key:
            raise Refused("repository_key: the key does not open it")
        return [self.made[one] for one in self.points.get(repository.workspace, {})]

    async def browse(self, repository: Repository, point: str, path: bytes) -> list[Entry]:
        self._node.reach("browse", point)
        tree = self._tree(repository, point)
        below = path + b"/" if path else b""
        found: dict[bytes, Entry] = {}
        for name, content in tree.items():
            if name.startswith(below):
                first, _, rest = name[len(below) :].partition(b"/")
                kind = EntryKind.FOLDER if rest else EntryKind.FILE
                size = 0 if rest else len(content)
                found[first] = Entry(
                    name=first, kind=kind, size=size, modified=self.modified, mode=0o644
                )
        if path and not found:
            raise Absent(f"there is no folder {path!r}")
        return [found[name] for name in sorted(found)]

    async def export(
        self, repository: Repository, point: str, path: bytes, wanted: ExportFormat
    ) -> AsyncGenerator[bytes, None]:
        self._node.reach("export", point)
        tree = self._tree(repository, point)
        if wanted is ExportFormat.FILE:
            if path not in tree:
                raise Absent(f"there is no file {path!r}")
            content = tree[path]
        else:
            below = path + b"/" if path else b""
            inside = {name: one for name, one in tree.items() if name.startswith(below)}
            if not inside:
                raise Absent(f"there is no folder {path!r}")
            content = _archived(inside, wanted)
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]

    async def restore(
        self, instance: InstanceId, restore: str, repository: Repository, point: str
    ) -> ContentStatus:
        self._node.call("restore", instance)
        known = self._restores.get(restore)
        if known is not None and known.state is not ContentState.FAILED:
            return known
        if any(one.workspace == instance.workspace for one in self._node.containers):
            raise Refused("aborted: a container lives")
        working = ContentStatus(instance=instance, state=ContentState.WORKING, restored=restore)
        self._restores[restore] = working
        self._node.script.begin(
            "restore", lambda: self._restored(instance, restore, repository, point)
        )
        return working

    async def forget(self, repository: Repository, points: Sequence[str]) -> int:
        self._node.reach("forget", ",".join(points))
        for point in points:
            self.points.get(repository.workspace, {}).pop(point, None)
        return 1024

    async def drop(self, workspace: str, n: int) -> int:
        self._node.reach("drop", f"{workspace}.{n}")
        self.points.pop(workspace, None)
        self.keys.pop(workspace, None)
        return 4096

    def _tree(self, repository: Repository, point: str) -> Tree:
        tree = self.points.get(repository.workspace, {}).get(point)
        if tree is None or self.keys.get(repository.workspace) != repository.key:
            raise Absent(f"there is no restore point {point}")
        return tree

    def _backed_up(self, workspace: str, point: str, always: bool, left: bool) -> None:  # noqa: FBT001 - as it was asked for
        problem = self._node.script.outcome("backup")
        if problem is not None:
            failed = BackupStatus(point=point, state=BackupState.FAILED, problem=problem)
            self._backups[point] = failed
            self._moved()
            return
        tree, known = dict(self.files.get(workspace, {})), self.points.setdefault(workspace, {})
        last = next(reversed(known), "")
        if last and known[last] == tree and not always:
            made = self.made[last]
        else:
            made = Made(
                point=point,
                time=float(next(self.clock)),
                left=left,
                files=len(tree),
                size=sum(map(len, tree.values())),
                files_new=len(tree.keys() - known.get(last, {}).keys()),
            )
            known[point] = tree
            self.made[point] = made
        self._backups[point] = BackupStatus(
            point=point, state=BackupState.DONE, made=made, lacking=sorted(self.lacking)
        )
        self._moved()

    def _restored(
        self, instance: InstanceId, restore: str, repository: Repository, point: str
    ) -> None:
        problem = self._node.script.outcome("restore")
        tree = self.points.get(repository.workspace, {}).get(point)
        if tree is None:
            problem = problem or UNKNOWN
        state = ContentState.SEALED if problem is None else ContentState.FAILED
        status = ContentStatus(
            instance=instance,
            state=state,
            problem=problem,
            restored=restore,
        )
        self._restores[restore] = status
        self._moved()
        if problem is None and tree is not None:
            self.files[instance.workspace] = dict(tree)
            self._node.put(status)


def _archived(tree: Tree, wanted: ExportFormat) -> bytes:
    out = io.BytesIO()
    if wanted is ExportFormat.ZIP:
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in tree.items():
                archive.writestr(name.decode(errors="replace"), content)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in tree.items():
            member = tarfile.TarInfo(name.decode(errors="surrogateescape"))
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()
