"""The reconciler: follows a node, compares, acts, and tells what it saw.

It owns no truth. What is wanted comes from a `Truth` (the database), what is from
the runtime; a pass reads both, asks `plan` and carries out the answer. A pass is
run when something moved, when somebody wishes (`wake`), and every ten seconds.
While the node does not answer nothing is concluded from its silence.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog
from msgspec.structs import replace

from app.runtime.observe import Item
from app.runtime.plan import (
    Action,
    Apply,
    Delete,
    Desired,
    Discard,
    Lost,
    Prepare,
    Seal,
    Settled,
    plan,
)
from app.runtime.port import (
    Container,
    ContainerState,
    Content,
    ContentStatus,
    Fenced,
    Observation,
    Refused,
    Runtime,
)
from app.runtime.watching import BACKOFF, PERIOD, Watching
from kit.clock import Clock
from wire.ids import InstanceId
from wire.problems import Problem

_log = structlog.get_logger(__name__)

FENCED = Problem(
    code="fenced",
    title="A newer start of this workspace exists on the node",
    status=409,
    detail="The node refused to go back to an older start.",
    cure="Start the workspace again.",
)
REFUSED = Problem(
    code="node_refused",
    title="The node refused to start this workspace",
    status=502,
    cure="Run `make up` again; if it stays, the daemon's log says more.",
)


class Truth(Protocol):
    """Whoever knows what is wanted, and has to be told what is."""

    async def advance(self, *, reachable: bool) -> None:
        """Move on what only time or the server moves: new wishes, deadlines."""
        ...

    async def desired(self) -> list[Desired]:
        """Return what is wanted of every workspace that is not at rest."""
        ...

    async def seen(self, items: list[Item]) -> None:
        """Take in containers and trees that changed; repeated after a restart."""
        ...

    async def settled(self, instance: InstanceId) -> None:
        """Take in that a stopping instance holds nothing any more."""
        ...

    async def failed(self, instance: InstanceId, problem: Problem | None) -> None:
        """Take in that an instance cannot go on; None: its container is missing."""
        ...

    async def discarded(self, instance: InstanceId, freed: int) -> None:
        """Take in that a workspace's content is gone."""
        ...


@dataclass(slots=True)
class _Attempt:
    """The last action for a workspace, how often it was repeated, and when it may be again."""

    action: Action
    count: int
    not_before: float


class Reconciler(Watching):
    """Drives one node towards what is wanted."""

    def __init__(
        self, runtime: Runtime, content: Content, truth: Truth, clock: Clock, period: float = PERIOD
    ) -> None:
        super().__init__(runtime, clock, period)
        self._content = content
        self._truth = truth
        self._attempts: dict[str, _Attempt] = {}
        self.passes = 0

    async def run(self) -> None:
        """Work until cancelled; all that is there is told as if it were new."""
        self._forget()
        self._attempts = {}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(), name="reconciler-watch")
                group.create_task(self._passes(), name="reconciler-passes")
        finally:
            await self._tasks.close()

    async def _passes(self) -> None:
        while True:
            self._moved.clear()
            try:
                wait = await self.once()
            except Exception:  # noqa: BLE001 - the root of a task that must go on: the next pass reads everything again
                _log.exception("pass_failed")
                wait = 1.0
            try:
                async with asyncio.timeout(wait):
                    await self._moved.wait()
            except TimeoutError:
                continue

    async def once(self) -> float:
        """Run one pass; returns how many seconds the next may be away."""
        self.passes += 1
        now = self._clock.monotonic()
        often = self._ask()
        news = self._sight.news()
        try:
            await self._truth.seen(news)
        except BaseException:
            self._sight.again(news)
            raise
        await self._truth.advance(reachable=self.reachable)
        desired = await self._truth.desired()
        if not self.reachable or not self._sight.complete:
            return often
        return self._act(plan(desired, self._sight.observed(), now), now)

    def _act(self, actions: list[Action], now: float) -> float:
        wait = self._period
        named = {action.instance.workspace for action in actions}
        self._attempts = {name: one for name, one in self._attempts.items() if name in named}
        for action in actions:
            workspace = action.instance.workspace
            if workspace in self._busy:
                continue
            last = self._attempts.get(workspace)
            count = last.count + 1 if last is not None and last.action == action else 0
            if last is not None and count > 0 and now < last.not_before:
                wait = min(wait, last.not_before - now)
                continue
            delay = BACKOFF[min(count, len(BACKOFF) - 1)]
            self._attempts[workspace] = _Attempt(action, count, now + delay)
            self._spawn(workspace, self._carry_out(action))
        return wait

    async def _carry_out(self, action: Action) -> None:
        log = _log.bind(instance=str(action.instance), action=type(action).__name__.lower())
        asked = self._sight.tick
        try:
            reply = await self._call(action)
        except Fenced as error:
            log.warning("fenced", detail=str(error))
            await self._truth.failed(action.instance, FENCED)
        except Refused as error:
            log.warning("refused", detail=str(error))
            if isinstance(action, Apply | Prepare):
                await self._truth.failed(action.instance, replace(REFUSED, detail=str(error)))
        else:
            if reply is not None:
                log.info("acted", state=reply.state.value, took=reply.took)
                self._take(_single(reply), asked)

    async def _call(self, action: Action) -> Container | ContentStatus | None:
        match action:
            case Lost(instance):
                await self._truth.failed(instance, None)
            case Prepare(instance, initializer):
                return await self._content.prepare(instance, initializer)
            case Apply(instance, spec):
                return await self._runtime.apply(instance, spec)
            case Delete(instance, grace):
                return await self._runtime.delete(instance, grace)
            case Settled(instance) | Seal(instance) | Discard(instance):
                # A start that was cut short may have left more than a container.
                reply = await self._runtime.delete(instance, 0.0)
                if reply.state is not ContainerState.ABSENT:
                    return reply
                return await self._conclude(action)
        return None

    async def _conclude(self, action: Settled | Seal | Discard) -> ContentStatus | None:
        instance = action.instance
        match action:
            case Settled():
                await self._truth.settled(instance)
            case Seal():
                return await self._content.seal(instance)
            case Discard():
                freed = await self._content.discard(instance.workspace, instance.n)
                await self._truth.discarded(instance, freed)
        return None


def _single(reply: Container | ContentStatus) -> Observation:
    if isinstance(reply, Container):
        return Observation(containers=[reply], contents=[])
    return Observation(containers=[], contents=[reply])
