"""The supplier of images that are built: plans, begins one build for each key, tells how it is."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import normpath
from typing import Protocol

from app.db.imagebuilds import ImageBuildWaitRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.imagebuilds.builds import Builds, Order, Standing
from app.imagebuilds.features import Feature
from app.imagebuilds.gathering import Gathered, Gatherer
from app.imagebuilds.planning import Asked, Unbuildable, paths_of, plan
from app.imagebuilds.states import BuildState
from app.imagebuilds.working import Personal, Shelf
from app.images.aliases import alias_of
from app.images.devcontainer import ABOVE, ARGUMENT, BESIDE, FEATURE, FIRST
from app.images.port import State, Supplier, Supply, Wanted
from app.runtime.port import Looked, Refused, Unreachable
from kit.oci.core.secrets import read_image_auth
from wire.ids import InstanceId
from wire.imagebuild import FeaturePart
from wire.phases import Condition
from wire.registry import BUILT

_FOLDER = ".devcontainer"
_UNTRUSTED = "An untrusted repository builds nothing."


@dataclass(frozen=True, slots=True)
class Planned:
    """What a start needs built, None for nothing, and what its image will not have."""

    order: Order | None
    lacks: str = ""
    passing: bool = False
    """What it will not have may be had later."""


class Looks(Protocol):
    """Looks into the trees of workspaces; an `app.runtime.port.Content` does."""

    async def look(
        self, instance: InstanceId, revision: str, paths: Sequence[str]
    ) -> Sequence[Looked]:
        """Return what is at paths of a commit, in their order."""


class BuiltImages:
    """Supplies what a Dockerfile of the repository makes."""

    def __init__(
        self,
        builds: Builds,
        looks: Looks,
        shelf: Shelf,
        images: Callable[[], Mapping[str, str]],
        personal: Personal,
        gatherer: Gatherer,
    ) -> None:
        """`images` are the installation's own, name → digest."""
        self._builds = builds
        self._looks = looks
        self._shelf = shelf
        self._images = images
        self._personal = personal
        self._gatherer = gatherer
        self._orders: dict[InstanceId, Planned] = {}
        self.others: Mapping[str, Supplier] = {}
        """Those of other wishes: without a single feature an image is taken as it is."""

    async def supply(self, wanted: Wanted) -> Supply:
        """Return where the image is, or how far its build is."""
        async with self._builds.database.read() as session:
            row = await session.get(WorkspaceRow, wanted.instance.workspace)
            start = await session.get(InstanceRow, str(wanted.instance))
        if row is None or start is None:
            return _failed(Condition.IMAGE_DOCKERFILE, "The workspace is gone.")
        if not row.trusted and wanted.wish.get(ABOVE):
            return await self._as_it_is(wanted, _UNTRUSTED)
        if not row.trusted:
            return _failed(Condition.IMAGE_DOCKERFILE, _UNTRUSTED)
        try:
            planned = await self._planned(wanted, row)
        except Unbuildable as error:
            return _failed(Condition.IMAGE_DOCKERFILE, str(error))
        except (Refused, Unreachable) as error:
            return Supply(state=State.WORKING, progress=f"waits for the node: {error}"[:200])
        if planned.order is None:
            supply = await self._as_it_is(wanted, planned.lacks)
        else:
            supply = await self._of_build(planned.order, wanted.instance, start.created_at)
        if supply.state is not State.WORKING:
            self._orders.pop(wanted.instance, None)
        if supply.state is not State.READY:
            return supply
        return replace(supply, lacks=planned.lacks, passing=planned.passing)

    async def _as_it_is(self, wanted: Wanted, lacks: str) -> Supply:
        """Supply the image above which nothing can be installed."""
        name = wanted.wish.get(ABOVE, "")
        named = self.others.get("name")
        if named is None or not name or alias_of(name) is not None:
            return _failed(Condition.IMAGE_PARTIAL, lacks)
        supply = await named.supply(replace(wanted, wish={"name": name}))
        if supply.state is State.FAILED:
            return replace(supply, told=f"{supply.told} {lacks}")
        return replace(supply, lacks=lacks) if supply.state is State.READY else supply

    async def _of_build(self, order: Order, instance: InstanceId, since: float) -> Supply:
        standing = await self._builds.newest(order.key)
        if standing is not None and standing.state is BuildState.DONE:
            if await self._shelf.digest_of(order.key) == standing.digest:
                return await self._ready(standing, instance)
            standing = None  # it was removed to make room
        if standing is not None and not standing.state.live and (standing.ended or 0.0) < since:
            standing = None  # a new start is a new try
        if standing is None:
            standing = await self._builds.begin(order)
        await self._wait(instance, standing.id)
        if standing.state.live:
            return Supply(state=State.WORKING, progress=progress_of(standing))
        problem = standing.problem
        why = f"{problem.title}: {problem.detail}" if problem and problem.detail else ""
        told = why or (problem.title if problem else "It failed.")
        return _failed(Condition.IMAGE_BUILD_FAILED, f"{told.rstrip('.')}.")

    async def _ready(self, standing: Standing, instance: InstanceId) -> Supply:
        await self._wait(instance, standing.id)
        return Supply(state=State.READY, source=f"{BUILT}/{standing.key}", digest=standing.digest)

    async def _planned(self, wanted: Wanted, row: WorkspaceRow) -> Planned:
        known = self._orders.get(wanted.instance)
        if known is not None:
            return known

        async def look(paths: Sequence[str]) -> Sequence[Looked]:
            return await self._looks.look(wanted.instance, row.revision, paths)

        file, named = wanted.wish["file"], wanted.wish.get("context")
        if BESIDE in wanted.wish:
            (inside,) = await look([f"{_FOLDER}/{wanted.wish[BESIDE]}"])
            if inside.id and file:
                file, named = normpath(f"{_FOLDER}/{file}"), normpath(f"{_FOLDER}/{named}")
        gathered = await self._gather(wanted)
        if not file and not gathered.features:
            planned = self._orders[wanted.instance] = Planned(None, gathered.told, gathered.away)
            return planned
        file, context = paths_of(file, named) if file else ("", "")
        passwords = await self._personal.image_auth(row.owner_id, row.url)
        asked = Asked(
            organisation=row.organisation_id,
            owner=row.owner_id,
            url=row.url,
            revision=row.revision,
            folder=row.folder,
            partial=row.partial,
            file=file,
            context=context,
            target=wanted.wish.get("target", ""),
            arguments={
                name.removeprefix(ARGUMENT): text
                for name, text in wanted.wish.items()
                if name.startswith(ARGUMENT)
            },
            above=wanted.wish.get(ABOVE, ""),
            features=[_part(one) for one in gathered.features],
            variables=frozenset(await self._personal.of_workspace(row.owner_id, row.url)),
            registries=frozenset(read_image_auth(passwords)),
        )
        order = await plan(asked, self._images(), look)
        planned = self._orders[wanted.instance] = Planned(order, gathered.told, gathered.away)
        return planned

    async def _gather(self, wanted: Wanted) -> Gathered:
        wished = {
            name.removeprefix(FEATURE): json.loads(options)
            for name, options in wanted.wish.items()
            if name.startswith(FEATURE)
        }
        if not wished:
            return Gathered()
        first = json.loads(wanted.wish.get(FIRST, "[]"))
        return await self._gatherer.gather(wished, first, str(wanted.instance))

    async def _wait(self, instance: InstanceId, build: str) -> None:
        """Write down which build a start waits for, so that its log can be found."""
        name = str(instance)
        async with self._builds.database.read() as session:
            known = await session.get(ImageBuildWaitRow, name)
        if known is None or known.build_id != build:
            async with self._builds.database.write() as session:
                await session.merge(ImageBuildWaitRow(instance_id=name, build_id=build))


def progress_of(standing: Standing) -> str:
    """Return the one line that a start shows of its build."""
    if standing.state is BuildState.QUEUED:
        before = standing.place - 1
        others = "1 other build" if before == 1 else f"{before} other builds"
        return f"waits for {others}" if before > 0 else "is next"
    return "is being built"


def _part(feature: Feature) -> FeaturePart:
    return FeaturePart(
        reference=feature.reference,
        source=feature.source,
        layer=feature.layer,
        size=feature.size,
        variables=dict(feature.variables),
        environment=dict(feature.environment),
    )


def _failed(condition: Condition, told: str) -> Supply:
    return Supply(state=State.FAILED, condition=condition, told=told)
