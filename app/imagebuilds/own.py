"""A person's builds: those that a workspace of the person waits for, or has waited for.

A build belongs to whoever waits for it: two people of an organisation whose Dockerfiles are the
same see the same one. So who may see or change such a workspace may see or cancel its build.
"""

import asyncio
from typing import Any

from msgspec import convert
from sqlalchemy import Select, select

from app.accounts.access import Action, Principal, Resource, allowed
from app.db.imagebuilds import ImageBuildRow, ImageBuildWaitRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Denied, Missing
from app.imagebuilds.builds import Builds, Recipe
from app.imagebuilds.logs import Logs
from app.imagebuilds.states import BuildEvent
from app.imagebuilds.structs import ImageBuildView

MOST = 100
"""Builds in a list: the newest."""


class OwnBuilds:
    """Builds of whoever asks."""

    def __init__(self, builds: Builds, logs: Logs) -> None:
        self._builds = builds
        self._logs = logs

    async def view(self, principal: Principal) -> list[ImageBuildView]:
        """Return the newest builds, newest first."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not do this")
        theirs = _waited_for(WorkspaceRow.owner_id == principal.user)
        newest = (
            theirs.with_only_columns(ImageBuildRow.id, maintain_column_froms=True)
            .group_by(ImageBuildRow.id)  # several workspaces may wait for one build
            .order_by(ImageBuildRow.created_at.desc(), ImageBuildRow.id)
        )
        async with self._builds.database.read() as session:
            names = (await session.scalars(newest.limit(MOST))).all()
        return [await self._one(principal, name, Action.SEE_WORKSPACE) for name in names]

    async def one(self, principal: Principal, build: str) -> ImageBuildView:
        """Return a build; raises Missing."""
        return await self._one(principal, build, Action.SEE_WORKSPACE)

    async def log(self, principal: Principal, build: str, offset: int, most: int) -> bytes:
        """Return at most so many bytes of a log; raises Missing."""
        await self._one(principal, build, Action.SEE_WORKSPACE)
        return await asyncio.to_thread(self._logs.read, build, offset, most)

    async def cancel(self, principal: Principal, build: str) -> ImageBuildView:
        """Make sure that a build does not go on: whoever waits opens on the default image.

        One that has ended stays as it is. Raises Missing.
        """
        await self._one(principal, build, Action.CHANGE_WORKSPACE)
        await self._builds.happen(build, BuildEvent.CANCELLED)
        return await self._one(principal, build, Action.SEE_WORKSPACE)

    async def _one(self, principal: Principal, build: str, action: Action) -> ImageBuildView:
        async with self._builds.database.read() as session:
            rows = (await session.execute(_waited_for(ImageBuildRow.id == build))).all()
        waiting = [
            workspace
            for _row, workspace in rows
            if allowed(principal, action, Resource(workspace.owner_id, workspace.organisation_id))
        ]
        standing = await self._builds.one(build)
        if not waiting or standing is None:
            raise Missing("not_found", "There is no such build of yours")
        row = rows[0][0]
        return ImageBuildView(
            id=row.id,
            state=standing.state.value,
            place=standing.place,
            repository=row.url,
            revision=row.revision,
            dockerfile=convert(row.recipe, Recipe).dockerfile,
            workspaces=list(dict.fromkeys(one.id for one in waiting)),
            created=standing.created,
            started=standing.started,
            ended=standing.ended,
            log_length=standing.log_length,
            problem=standing.problem,
        )


def _waited_for(condition: Any) -> Select[ImageBuildRow, WorkspaceRow]:
    """Return the statement for builds, each with a workspace that waits for it."""
    return (
        select(ImageBuildRow, WorkspaceRow)
        .join(ImageBuildWaitRow, ImageBuildWaitRow.build_id == ImageBuildRow.id)
        .join(InstanceRow, InstanceRow.id == ImageBuildWaitRow.instance_id)
        .join(WorkspaceRow, WorkspaceRow.id == InstanceRow.workspace_id)
        .where(condition)
    )
