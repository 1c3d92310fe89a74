"""Builds as rows: begun once for each key, moved on by what happens, told to whoever waits."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

import structlog
from msgspec import Struct, convert, to_builtins
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.imagebuilds import ImageBuildRow, ImageBuildWaitRow
from app.db.sessions import Database
from app.imagebuilds.states import (
    CANCELLED,
    LATE,
    LIMIT,
    BuildEvent,
    BuildState,
    Queued,
    decide,
    in_order,
)
from kit.clock import Clock
from wire.ids import InstanceId, workspace_id_from
from wire.imagebuild import FeaturePart
from wire.problems import Problem

_log = structlog.get_logger(__name__)
INSTANCE = 1
"""Number of a build's one instance."""
_PROBLEMS = {BuildEvent.LATE: LATE, BuildEvent.CANCELLED: CANCELLED}
_ENTROPY = 16


class Recipe(Struct, frozen=True, kw_only=True):
    """What a row keeps of what is built."""

    dockerfile: str
    context: str
    target: str = ""
    arguments: dict[str, str] = {}
    bases: list[str] = []
    pulls: list[str] = []
    objects: dict[str, str] = {}
    """Path in the repository → git's id, as the key has it."""
    text: str = ""
    """Hex SHA-256 of the Dockerfile's text."""
    above: str = ""
    features: list[FeaturePart] = []
    """As the plan of the build has them."""
    secrets: list[str] = []
    """Variables of the owner that steps see as secrets."""
    personal: bool = False
    """What comes of it depends on a password or a secret of the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A build that somebody needs."""

    key: str
    owner: str
    organisation: str
    url: str
    revision: str
    folder: str
    partial: bool
    recipe: Recipe
    base: str
    base_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a build stands; `place` counts from 1 in the queue, 0 outside of it."""

    id: str
    key: str
    owner: str
    organisation: str
    state: BuildState
    place: int
    digest: str
    problem: Problem | None
    created: float
    started: float | None
    ended: float | None
    log_length: int


class Builds:
    """Reads and changes rows; whoever listens is told after each change."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        token_of: Callable[[str], str],
        hash_of: Callable[[str], str],
    ) -> None:
        """`token_of` gives an instance's token, `hash_of` what a row keeps of it."""
        self.database = database
        self.clock = clock
        self.token_of = token_of
        self._hash_of = hash_of
        self._listeners: list[Callable[[], None]] = []
        self._ended: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener after every change of a build."""
        self._listeners.append(listener)

    def when_ended(self, listener: Callable[[str], None]) -> None:
        """Call the listener with the key of every build that ends."""
        self._ended.append(listener)

    def tell(self) -> None:
        """Tell whoever listens that a build has changed."""
        for listener in self._listeners:
            listener()

    async def newest(self, key: str) -> Standing | None:
        """Return the newest build of a key."""
        async with self.database.read() as session:
            row = await _newest(session, key)
            return None if row is None else await _standing(session, row)

    async def one(self, build: str) -> Standing | None:
        """Return a build by its id."""
        async with self.database.read() as session:
            row = await session.get(ImageBuildRow, build)
            return None if row is None else await _standing(session, row)

    async def of_start(self, instance: str) -> Standing | None:
        """Return the build that a start waits for, or has waited for."""
        async with self.database.read() as session:
            wait = await session.get(ImageBuildWaitRow, instance)
            row = None if wait is None else await session.get(ImageBuildRow, wait.build_id)
            return None if row is None else await _standing(session, row)

    async def begin(self, order: Order) -> Standing:
        """Queue a build, or return the one of this key that lives."""
        async with self.database.write() as session:
            row = await _newest(session, order.key)
            if row is None or not row.live:
                row = self._row(order)
                session.add(row)
                await session.flush()
                _log.info("build_queued", build=row.id, key=order.key)
            standing = await _standing(session, row)
        self.tell()
        return standing

    async def happen(
        self, build: str, event: BuildEvent, *, digest: str = "", problem: Problem | None = None
    ) -> bool:
        """Let an event happen to a build; tells whether it changed anything."""
        async with self.database.write() as session:
            row = await session.get(ImageBuildRow, build)
            if row is None:
                return False
            before = BuildState(row.state)
            after = decide(before, event)
            if after is before:
                return False
            now = self.clock.now()
            row.state, row.live = after.value, after.live
            if after is BuildState.RUNNING:
                row.started_at, row.deadline = now, now + LIMIT
            if not after.live:
                row.ended_at, row.deadline, row.digest = now, None, digest
                told = problem or _PROBLEMS.get(event)
                row.problem = None if told is None else to_builtins(told)
                # one that has never run has left nothing on a node
                row.discarded = before is BuildState.QUEUED
        _log.info("build_moved", build=build, state=after.value)
        if not after.live:
            for listener in self._ended:
                listener(row.key)
        self.tell()
        return True

    async def note(self, build: str, **values: Any) -> None:
        """Set columns that are no state."""
        async with self.database.write() as session:
            row = await session.get(ImageBuildRow, build)
            if row is not None:
                for name, value in values.items():
                    setattr(row, name, value)

    async def instance_of(self, token: str) -> str:
        """Return the instance of the running build that a token proves, or nothing."""
        wanted = select(ImageBuildRow.id).where(
            ImageBuildRow.token_hash == self._hash_of(token),
            ImageBuildRow.state == BuildState.RUNNING.value,
        )
        async with self.database.read() as session:
            found = await session.scalar(wanted)
        return "" if found is None else str(InstanceId(found, INSTANCE))

    async def layers_of(self, base: str, organisation: str) -> list[str]:
        """Return the layers that stood for an image of this installation in done builds."""
        wanted = (
            select(ImageBuildRow.base_layer)
            .where(
                ImageBuildRow.base_digest == base,
                ImageBuildRow.organisation_id == organisation,
                ImageBuildRow.state == BuildState.DONE.value,
                ImageBuildRow.base_layer != "",
            )
            .distinct()
        )
        async with self.database.read() as session:
            return list((await session.scalars(wanted)).all())

    def _row(self, order: Order) -> ImageBuildRow:
        build = workspace_id_from(token_bytes(_ENTROPY))
        instance = str(InstanceId(build, INSTANCE))
        return ImageBuildRow(
            id=build,
            key=order.key,
            state=BuildState.QUEUED.value,
            live=True,
            owner_id=order.owner,
            organisation_id=order.organisation,
            url=order.url,
            revision=order.revision,
            folder=order.folder,
            partial=order.partial,
            recipe=to_builtins(order.recipe),
            base=order.base,
            base_digest=order.base_digest,
            base_layer="",
            digest="",
            created_at=self.clock.now(),
            content_ready=False,
            container_seen=False,
            discarded=False,
            log_length=0,
            token_hash=self._hash_of(self.token_of(instance)),
        )


async def _newest(session: AsyncSession, key: str) -> ImageBuildRow | None:
    wanted = select(ImageBuildRow).where(ImageBuildRow.key == key)
    newest = wanted.order_by(ImageBuildRow.created_at.desc(), ImageBuildRow.id).limit(1)
    return (await session.scalars(newest)).first()


async def _standing(session: AsyncSession, row: ImageBuildRow) -> Standing:
    place = 0
    if row.state == BuildState.QUEUED.value:
        queue = [Queued(one.id, one.owner_id) for one in (await session.scalars(queued())).all()]
        owners = select(ImageBuildRow.owner_id).where(
            ImageBuildRow.state == BuildState.RUNNING.value
        )
        order = in_order(queue, (await session.scalars(owners)).all())
        place = 1 + (order.index(row.id) if row.id in order else 0)
    return Standing(
        id=row.id,
        key=row.key,
        owner=row.owner_id,
        organisation=row.organisation_id,
        state=BuildState(row.state),
        place=place,
        digest=row.digest,
        problem=None if row.problem is None else convert(row.problem, Problem),
        created=row.created_at,
        started=row.started_at,
        ended=row.ended_at,
        log_length=row.log_length,
    )


def queued() -> Any:
    """Return the statement for the queue, oldest first."""
    wanted = select(ImageBuildRow).where(ImageBuildRow.state == BuildState.QUEUED.value)
    return wanted.order_by(ImageBuildRow.created_at, ImageBuildRow.id)
