"""A small `Truth` in memory for tests of the reconciler: one workspace, written out."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from app.runtime.observe import Item
from app.runtime.plan import Desired, Goal
from app.runtime.port import Container, ContainerState, ContentState, Initializer, Spec
from wire.ids import InstanceId
from wire.problems import Problem

WORKSPACE = "amber-otter-0000000000"
ONE = InstanceId(WORKSPACE, 1)
SPEC = Spec(image="i", supervisor="s", ide="d", workspace_class="standard", token="token")
FROM = Initializer(url="https://h.org/a/b", ref="", folder="b", image="i", fresh=True)


@dataclass
class Ledger:
    """Wants one instance in one way and notes what it is told."""

    wanted: dict[str, Desired] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    deaf: int = 0
    """How many times `seen` raises before it listens."""

    def want(self, goal: Goal, n: int = 1, *, fresh: bool = True) -> None:
        self.wanted[WORKSPACE] = Desired(
            instance=InstanceId(WORKSPACE, n),
            goal=goal,
            spec=SPEC,
            initializer=replace(FROM, fresh=fresh),
        )

    def nothing(self) -> None:
        self.wanted.clear()

    async def advance(self, *, reachable: bool) -> None:
        word = "reachable" if reachable else "unreachable"
        if word not in self.told[-1:] and [w for w in self.told if "reachable" in w][-1:] != [word]:
            self.told.append(word)

    async def desired(self) -> list[Desired]:
        return list(self.wanted.values())

    async def seen(self, items: list[Item]) -> None:
        if items and self.deaf:
            self.deaf -= 1
            raise RuntimeError("the database is away")
        for item in items:
            self._note(item)

    def _note(self, item: Item) -> None:
        kind = "container" if isinstance(item, Container) else "content"
        self.told.append(f"{kind} {item.state.value}")
        one = self.wanted.get(item.instance.workspace)
        if one is None or one.instance != item.instance:
            return
        if item.state is ContainerState.RUNNING:
            one = replace(one, container_seen=True)
        if item.state is ContentState.READY:
            one = replace(one, content_ready=True)
        self.wanted[item.instance.workspace] = one

    async def settled(self, instance: InstanceId) -> None:
        self.told.append("settled")
        self.nothing()

    async def failed(self, instance: InstanceId, problem: Problem | None) -> None:
        self.told.append(f"failed {problem.code}" if problem else "lost")
        self.want(Goal.STOP, instance.n)

    async def discarded(self, instance: InstanceId, freed: int) -> None:
        self.told.append("discarded")
        self.nothing()
