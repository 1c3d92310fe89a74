"""What the reconciler is told of builds, and tells: beside the truth about workspaces."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import structlog
from msgspec import convert
from sqlalchemy import Select, select

from app.db.imagebuilds import ImageBuildRow
from app.imagebuilds.builds import INSTANCE, Builds, Recipe, queued
from app.imagebuilds.states import DIED, OUT_OF_MEMORY, BuildEvent, BuildState, Queued, turn
from app.runtime.loop import Truth
from app.runtime.observe import Item
from app.runtime.plan import Desired, Goal
from app.runtime.port import (
    Container,
    ContainerState,
    Content,
    ContentState,
    ContentStatus,
    Credentials,
    Initializer,
    Kind,
    Looked,
    Refused,
    Spec,
    Unreachable,
)
from wire.ids import InstanceId
from wire.problems import Problem

_log = structlog.get_logger(__name__)
CLASS = "standard"
CHANGED = Problem(
    code="build_sources_changed",
    title="The repository's files are other ones than when the build was planned",
    cure="Start again.",
)


class Parts(Protocol):
    """What instances are made of; `app.workspaces.artefacts.Artefacts` is one."""

    @property
    def supervisor(self) -> str: ...
    @property
    def vscode(self) -> str: ...
    @property
    def image(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How many builds at once."""

    most: int = 1


class BuildTruth:
    """The `Truth` about builds."""

    def __init__(
        self,
        builds: Builds,
        content: Content,
        parts: Callable[[], Parts | None],
        credentials: Callable[[str, str], Awaitable[Credentials]] | None = None,
        policy: Policy = Policy(),
    ) -> None:
        self._builds = builds
        self._content = content
        self._parts = parts
        self._credentials = credentials
        self._policy = policy
        self._unlooked: dict[str, ContentStatus] = {}
        """Clones that could not be compared with what was planned: the node did not answer."""

    async def advance(self, *, reachable: bool) -> None:
        """Let the next ones of the queue begin, and end those that take too long."""
        now = self._builds.clock.now()
        async with self._builds.database.read() as session:
            running = (await session.scalars(_in(BuildState.RUNNING))).all()
            queue = (await session.scalars(queued())).all()
        for row in running:
            if row.deadline is not None and now >= row.deadline:
                await self._builds.happen(row.id, BuildEvent.LATE)
        if reachable:
            await self._look_again()
        if reachable and self._parts() is not None:
            waiting = [Queued(row.id, row.owner_id) for row in queue]
            owners = [row.owner_id for row in running]
            for name in turn(waiting, owners, self._policy.most):
                await self._builds.happen(name, BuildEvent.PLACED)

    async def _look_again(self) -> None:
        again, self._unlooked = self._unlooked, {}
        try:
            await self.seen(list(again.values()))
        except BaseException:
            self._unlooked = again | self._unlooked
            raise

    async def desired(self) -> list[Desired]:
        """Return what is wanted of builds that run, or have left something on the node."""
        parts = self._parts()
        if parts is None:
            return []
        wanted = select(ImageBuildRow).where(
            ImageBuildRow.discarded.is_(False), ImageBuildRow.state != BuildState.QUEUED.value
        )
        async with self._builds.database.read() as session:
            rows = (await session.scalars(wanted)).all()
        return [await self._desired(row, parts) for row in rows]

    async def _desired(self, row: ImageBuildRow, parts: Parts) -> Desired:
        instance = InstanceId(row.id, INSTANCE)
        if not row.live:
            return Desired(instance=instance, goal=Goal.DISCARD)
        shown = Credentials()
        if self._credentials is not None and not row.content_ready:
            shown = await self._credentials(row.owner_id, row.url)
        return Desired(
            instance=instance,
            goal=Goal.RUN,
            spec=Spec(
                image=parts.image,
                supervisor=parts.supervisor,
                ide=parts.vscode,
                workspace_class=CLASS,
                token=self._builds.token_of(str(instance)),
                kind=Kind.IMAGE_BUILD,
                base=row.base_digest,
            ),
            initializer=Initializer(
                url=row.url,
                ref=row.revision,
                folder=row.folder,
                image=parts.image,
                fresh=not row.content_ready,
                credentials=shown,
                partial=row.partial,
                workspace_class=CLASS,
            ),
            content_ready=row.content_ready,
            container_seen=row.container_seen,
            grace=0.0,
        )

    async def seen(self, items: list[Item]) -> None:
        """Write down what is seen of builds; everything else is not for this truth."""
        if not items:
            return
        names = {item.instance.workspace for item in items}
        async with self._builds.database.read() as session:
            wanted = select(ImageBuildRow).where(ImageBuildRow.id.in_(names), ImageBuildRow.live)
            rows = {row.id: row for row in (await session.scalars(wanted)).all()}
        for item in items:
            row = rows.get(item.instance.workspace)
            if row is None:
                continue
            if isinstance(item, Container):
                await self._container(row, item)
            else:
                await self._tree(row, item)

    async def _container(self, row: ImageBuildRow, seen: Container) -> None:
        match seen.state:
            case ContainerState.RUNNING if not row.container_seen:
                await self._builds.note(row.id, container_seen=True)
            case ContainerState.EXITED | ContainerState.FAILED:
                problem = OUT_OF_MEMORY if seen.out_of_memory else seen.problem or DIED
                await self._builds.happen(row.id, BuildEvent.FAILED, problem=problem)
            case _:
                return

    async def _tree(self, row: ImageBuildRow, seen: ContentStatus) -> None:
        match seen.state:
            case ContentState.READY if not row.content_ready:
                await self._compare(row, seen)
            case ContentState.FAILED:
                await self._builds.happen(row.id, BuildEvent.FAILED, problem=seen.problem or DIED)
            case _:
                return

    async def _compare(self, row: ImageBuildRow, seen: ContentStatus) -> None:
        try:
            planned = await self._is_as_planned(row, seen)
        except Unreachable as error:
            # its silence says nothing about the files
            _log.warning("build_not_looked_at", build=row.id, detail=str(error))
            self._unlooked[row.id] = seen
            return
        if planned:
            await self._builds.note(row.id, content_ready=True)
        else:
            await self._builds.happen(row.id, BuildEvent.FAILED, problem=CHANGED)

    async def _is_as_planned(self, row: ImageBuildRow, seen: ContentStatus) -> bool:
        """Tell whether the build's own clone has what its key says.

        The key was made from the tree of a workspace, in which its people can write. Raises
        Unreachable.
        """
        recipe = convert(row.recipe, Recipe)
        if not recipe.dockerfile:
            return True
        paths = [recipe.dockerfile, *recipe.objects]
        try:
            found: Sequence[Looked] = await self._content.look(seen.instance, row.revision, paths)
        except Refused as error:
            _log.warning("build_not_looked_at", build=row.id, detail=str(error))
            return False
        text = sha256(found[0].text.encode()).hexdigest()
        ids = [one.id for one in found[1:]]
        return text == recipe.text and ids == list(recipe.objects.values())

    async def settled(self, instance: InstanceId) -> None:
        """Builds are discarded, never only stopped."""

    async def failed(self, instance: InstanceId, problem: Problem | None) -> None:
        """Note that a build cannot go on; without a problem its container is missing."""
        await self._builds.happen(instance.workspace, BuildEvent.FAILED, problem=problem or DIED)

    async def discarded(self, instance: InstanceId, freed: int) -> None:
        """Note that nothing of a build is on the node any more."""
        _log.info("build_discarded", build=instance.workspace, freed_bytes=freed)
        await self._builds.note(instance.workspace, discarded=True)


def _in(state: BuildState) -> Select[ImageBuildRow]:
    return select(ImageBuildRow).where(ImageBuildRow.state == state.value)


class Both:
    """Two truths as one: each is told everything, and takes what is its own."""

    def __init__(self, first: Truth, second: Truth) -> None:
        self._all = (first, second)

    async def advance(self, *, reachable: bool) -> None:
        """Move both on."""
        for one in self._all:
            await one.advance(reachable=reachable)

    async def desired(self) -> list[Desired]:
        """Return what either wants."""
        return [wanted for one in self._all for wanted in await one.desired()]

    async def seen(self, items: list[Item]) -> None:
        """Tell both."""
        for one in self._all:
            await one.seen(items)

    async def settled(self, instance: InstanceId) -> None:
        """Tell both."""
        for one in self._all:
            await one.settled(instance)

    async def failed(self, instance: InstanceId, problem: Problem | None) -> None:
        """Tell both."""
        for one in self._all:
            await one.failed(instance, problem)

    async def discarded(self, instance: InstanceId, freed: int) -> None:
        """Tell both."""
        for one in self._all:
            await one.discarded(instance, freed)
