"""A runtime in memory: for tests, and for a server that shows pages without containers.

Keeps every promise of the ports. By default each call is done at once; its
`script` makes work wait, take seconds or fail, `cut` or `hang` takes the node
away and `mend` brings it back, and `kill` ends a container as the kernel would.
"""

import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence

from msgspec.structs import replace

from app.runtime.fakegit import FakeRepositories
from app.runtime.port import (
    Container,
    ContainerState,
    ContentState,
    ContentStatus,
    Fenced,
    Initializer,
    Looked,
    Observation,
    Refused,
    Spec,
    Unreachable,
)
from app.runtime.script import Script
from wire.ids import InstanceId
from wire.problems import Problem


class FakeRuntime:
    """Runtime, Content and Dial at once."""

    def __init__(self) -> None:
        self.containers: dict[InstanceId, Container] = {}
        self.contents: dict[str, ContentStatus] = {}
        self.tokens: dict[InstanceId, str] = {}
        self.calls: list[tuple[str, str]] = []
        """Every call that was made: its name, and what it was about."""
        self.script = Script()
        self.listening: dict[tuple[InstanceId, int], tuple[str, int]] = {}
        """(instance, port) → address on this host that stands for it."""
        self.refuses = False
        self.repositories = FakeRepositories()
        self.images: dict[InstanceId, str] = {}
        self._trees: dict[str, ContentStatus] = {}
        """Trees that exist, as they were when they became ready."""
        self.newest: dict[str, int] = defaultdict(int)
        self._watchers: set[asyncio.Queue[Observation | None]] = set()
        self._cut = self._hung = False

    # --- for whoever plays the world ---

    def cut(self) -> None:
        """Take the node away: every call and every watch fails; containers live on."""
        self._cut = True
        for watcher in self._watchers:
            watcher.put_nowait(None)

    def hang(self) -> None:
        """Let the node answer nothing: calls run into their time-outs, watches fall silent."""
        self._hung = True

    def mend(self) -> None:
        """Bring the node back."""
        self._cut = self._hung = False

    def kill(self, instance: InstanceId, exit_code: int = 137, *, oom: bool = False) -> None:
        """End a container from outside."""
        self._set(
            Container(
                instance=instance,
                state=ContainerState.EXITED,
                exit_code=exit_code,
                out_of_memory=oom,
            )
        )

    def progress(self, instance: InstanceId, text: str) -> None:
        """Tell how far a held prepare is."""
        self._set_content(
            ContentStatus(instance=instance, state=ContentState.WORKING, progress=text)
        )

    def put(self, status: ContentStatus) -> None:
        """Let a tree be there, or fail to be."""
        if status.problem is None:
            self._trees[status.instance.workspace] = status
        self._set_content(status)

    async def close(self) -> None:
        """End what is still being done."""
        await self.script.close()

    # --- Runtime ---

    async def apply(self, instance: InstanceId, spec: Spec) -> Container:
        self.call("apply", instance)
        if self.refuses:
            raise Refused("invalid_argument: the fake node starts nothing")
        known = self.containers.get(instance)
        if known is not None:
            return known
        content = self.contents.get(instance.workspace)
        if content is None or content.instance != instance or content.state != ContentState.READY:
            problem = Problem(code="content_not_ready", title="The content is not in place")
            return Container(instance=instance, state=ContainerState.FAILED, problem=problem)
        self.tokens[instance], self.images[instance] = spec.token, spec.image
        self._set(Container(instance=instance, state=ContainerState.STARTING))
        self.script.begin("apply", lambda: self._applied(instance))
        return self.containers[instance]

    async def delete(self, instance: InstanceId, grace: float) -> Container:
        self.reach("delete", str(instance))
        gone = Container(instance=instance, state=ContainerState.ABSENT)
        content = self.contents.get(instance.workspace)
        if content is not None and content.instance == instance and content.state in _PASSING:
            self._forget(instance.workspace)
        if instance not in self.containers:
            return gone
        if self.containers[instance].state is not ContainerState.STOPPING:
            self._set(Container(instance=instance, state=ContainerState.STOPPING))
            self.script.begin("delete", lambda: self._set(gone))
        elif grace == 0:
            self._set(gone)
        return self.containers.get(instance, gone)

    async def list(self) -> Observation:
        self.reach("list", "")
        return self._all()

    async def watch(self) -> AsyncGenerator[Observation, None]:
        self.reach("watch", "")
        queue: asyncio.Queue[Observation | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield self._all()
            while (observation := await queue.get()) is not None:
                yield observation
            raise Unreachable("the fake node is cut off")
        finally:
            self._watchers.discard(queue)

    # --- Content ---

    async def prepare(self, instance: InstanceId, initializer: Initializer) -> ContentStatus:
        self.call("prepare", instance)
        if initializer.snapshot and initializer.prebuild:
            raise Refused("a tree begins as one of them")
        known = self.contents.get(instance.workspace)
        if known is not None and known.instance == instance and known.state in _PREPARED:
            return known
        problem = None
        if instance.workspace not in self._trees and not initializer.fresh:
            problem = Problem(code="content_missing", title="The content is not on this node")
        elif known is not None and known.instance.n < initializer.left:
            problem = Problem(code="content_stale", title="The content here is older")
        state = ContentState.WORKING if problem is None else ContentState.FAILED
        self._set_content(ContentStatus(instance=instance, state=state, problem=problem))
        if problem is None:
            self.script.begin("prepare", lambda: self._prepared(instance, initializer))
        return self.contents[instance.workspace]

    async def look(
        self, instance: InstanceId, revision: str, paths: Sequence[str]
    ) -> Sequence[Looked]:
        self.reach("look", str(instance))
        content = self.contents.get(instance.workspace)
        if content is None or content.instance != instance or self._alive(instance.workspace):
            raise Refused("the content is not in place")
        return self.repositories.at(instance.workspace, paths if revision else [])

    async def seal(self, instance: InstanceId) -> ContentStatus:
        self.call("seal", instance)
        known = self.contents.get(instance.workspace)
        absent = ContentStatus(instance=instance, state=ContentState.ABSENT)
        if known is not None and known.state in _PASSING:
            self._forget(instance.workspace)
            known = self.contents.get(instance.workspace)
        if known is None or known.state is ContentState.SEALED:
            return known or absent
        if self._alive(instance.workspace):
            alive = Problem(code="container_alive", title="The container still runs")
            return replace(known, problem=alive)
        self.script.begin("seal", lambda: self._sealed(instance))
        return self.contents.get(instance.workspace, absent)

    async def discard(self, workspace: str, n: int) -> int:
        self.reach("discard", workspace)
        if workspace not in self.contents:
            return 0
        self._fence(InstanceId(workspace, n))
        if self._alive(workspace):
            raise Refused(f"a container of {workspace} lives")
        self._trees.pop(workspace, None)
        self._forget(workspace)
        self.newest[workspace] = n + 1
        return 4096

    # --- Dial ---

    async def dial(self, instance: InstanceId, port: int) -> int:
        self.reach("dial", str(instance))
        address = self.listening.get((instance, port))
        if address is None or instance not in self.containers:
            raise ConnectionRefusedError(f"nothing listens on port {port} of {instance}")
        connection = socket.create_connection(address)
        connection.setblocking(False)
        return connection.detach()

    # --- inside ---

    def reach(self, name: str, about: str) -> None:
        """Note a call; raises Unreachable."""
        if self._cut or self._hung:
            raise Unreachable("the fake node is cut off" if self._cut else "no answer in time")
        self.calls.append((name, about))

    def call(self, name: str, instance: InstanceId) -> None:
        """Note a call that fences; raises Fenced."""
        self.reach(name, str(instance))
        self._fence(instance)

    def _fence(self, instance: InstanceId) -> None:
        if instance.n < self.newest[instance.workspace]:
            raise Fenced(f"{instance} is older than number {self.newest[instance.workspace]}")
        self.newest[instance.workspace] = instance.n

    def _applied(self, instance: InstanceId) -> None:
        if self.containers.get(instance) is None:
            return
        problem = self.script.outcome("apply")
        state = ContainerState.RUNNING if problem is None else ContainerState.FAILED
        self._set(
            Container(
                instance=instance,
                state=state,
                problem=problem,
                took=self.script.pace.get("apply", 0.05),
            )
        )

    def _prepared(self, instance: InstanceId, initializer: Initializer) -> None:
        known = self.contents.get(instance.workspace)
        if known is None or known.instance != instance or known.state != ContentState.WORKING:
            return
        problem = self.script.outcome("prepare")
        took = self.script.pace.get("prepare", 0.2)
        ready = self.repositories.clone(instance, initializer, problem, took)
        if ready.problem is None:
            self._trees[instance.workspace] = ready
        self._set_content(ready)

    def _sealed(self, instance: InstanceId) -> None:
        if (known := self.contents.get(instance.workspace)) is None:
            return
        problem = self.script.outcome("seal")
        state = ContentState.SEALED if problem is None else ContentState.FAILED
        self._set_content(replace(known, instance=instance, state=state, problem=problem))

    def _alive(self, workspace: str) -> bool:
        return any(instance.workspace == workspace for instance in self.containers)

    def _forget(self, workspace: str) -> None:
        """Go back to the tree as it is on disk: there, or not."""
        known = self.contents.pop(workspace)
        tree = self._trees.get(workspace)
        if tree is not None:
            self._set_content(tree)
        else:
            gone = ContentStatus(instance=known.instance, state=ContentState.ABSENT)
            self._tell(Observation(containers=[], contents=[gone]))

    def _set(self, container: Container) -> None:
        if container.state is ContainerState.ABSENT:
            self.containers.pop(container.instance, None)
        else:
            self.containers[container.instance] = container
        self._tell(Observation(containers=[container], contents=[]))

    def _set_content(self, status: ContentStatus) -> None:
        self.contents[status.instance.workspace] = status
        self._tell(Observation(containers=[], contents=[status]))

    def _tell(self, observation: Observation) -> None:
        if not self._cut and not self._hung:
            for watcher in self._watchers:
                watcher.put_nowait(observation)

    def _all(self) -> Observation:
        containers, contents = [*self.containers.values()], [*self.contents.values()]
        return Observation(containers=containers, contents=contents, complete=True)


_PASSING = frozenset({ContentState.WORKING, ContentState.FAILED})
"""States that no tree on disk has."""
_PREPARED = frozenset({ContentState.READY, ContentState.WORKING, ContentState.FAILED})
