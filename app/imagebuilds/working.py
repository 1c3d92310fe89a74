"""The server's side of a build at work: its plan and token, its log, its result."""

import asyncio
from typing import Protocol

import structlog
from msgspec import convert

from app.db.imagebuilds import ImageBuildRow
from app.imagebuilds.builds import Builds, Recipe
from app.imagebuilds.logs import Logs
from app.imagebuilds.states import NO_IMAGE, BuildEvent, BuildState, problem_of
from app.images.tickets import Tickets
from kit.oci.core.references import api_host, parse
from wire.imagebuild import BuildPlan, BuildResult
from wire.registry import BUILT, facade_name

_log = structlog.get_logger(__name__)


class Shelf(Protocol):
    """Where pushed images are; the facade's store."""

    async def digest_of(self, key: str) -> str:
        """Return the digest of the image that was built under a key, empty for none."""
        ...


class Personal(Protocol):
    """What people have set; `app.variables.service.Variables`."""

    async def image_auth(self, owner: str, url: str) -> str:
        """Return a person's passwords for registries in a repository, empty for none."""
        ...

    async def of_workspace(self, owner: str, url: str) -> dict[str, str]:
        """Return a person's variables in a repository."""
        ...


class Working:
    """Answers builders."""

    def __init__(
        self,
        builds: Builds,
        logs: Logs,
        tickets: Tickets,
        shelf: Shelf,
        personal: Personal,
    ) -> None:
        self._builds = builds
        self._logs = logs
        self._tickets = tickets
        self._shelf = shelf
        self._personal = personal
        builds.when_ended(tickets.close_build)

    async def plan(self, build: str) -> BuildPlan | None:
        """Return what is to be built, None when the build does not run."""
        row = await self._row(build)
        if row is None or row.state != BuildState.RUNNING.value:
            return None
        recipe = convert(row.recipe, Recipe)
        known = []
        if row.base_digest:
            known = await self._builds.layers_of(row.base_digest, row.organisation_id)
        pulls = [_pull(name) for name in recipe.pulls]
        passwords, variables = "", dict[str, str]()
        if recipe.personal:
            passwords = await self._personal.image_auth(row.owner_id, row.url)
        if recipe.secrets:
            variables = await self._personal.of_workspace(row.owner_id, row.url)
        token = await asyncio.to_thread(
            self._tickets.open_build,
            row.key,
            until=row.deadline or self._builds.clock.now(),
            reads=[
                *(facade_name(one.host, one.repository) for one in map(parse, recipe.pulls)),
                *(one.source for one in recipe.features),
            ],
            known=known,
            passwords=passwords,
        )
        return BuildPlan(
            name=f"{BUILT}/{row.key}",
            token=token,
            folder=row.folder,
            dockerfile=recipe.dockerfile,
            above=recipe.above,
            features=recipe.features,
            secrets={name: variables[name] for name in recipe.secrets if name in variables},
            context=recipe.context,
            target=recipe.target,
            arguments=recipe.arguments,
            bases=recipe.bases,
            pulls=[name for name, _host, _facade in pulls],
            registries={host: facade for _name, host, facade in pulls},
        )

    async def said(self, build: str, offset: int, data: bytes) -> int:
        """Keep a piece of the log; return the log's length."""
        length = await asyncio.to_thread(self._logs.append, build, offset, data)
        await self._builds.note(build, log_length=length)
        return length

    async def ended(self, build: str, result: BuildResult) -> None:
        """Take in how it ended; the image counts only when it is in the store."""
        row = await self._row(build)
        if row is None:
            return
        if result.code or not result.digest:
            problem = problem_of(result.code or "failed", result.detail)
            await self._builds.happen(build, BuildEvent.FAILED, problem=problem)
        elif await self._shelf.digest_of(row.key) != result.digest:
            await self._builds.happen(build, BuildEvent.FAILED, problem=NO_IMAGE)
        else:
            await self._builds.note(build, base_layer=result.base)
            await self._builds.happen(build, BuildEvent.PUSHED, digest=result.digest)

    async def _row(self, build: str) -> ImageBuildRow | None:
        async with self._builds.database.read() as session:
            return await session.get(ImageBuildRow, build)


def _pull(name: str) -> tuple[str, str, str]:
    """Return what podman is to pull, the host that it sees in that, and the facade's word for it.

    A short name is written out: Debian's podman has aliases that lead elsewhere (`fedora`).
    """
    reference = parse(name)
    first = name.partition("/")[0]
    # podman takes the case of a host as it is, and knows one name of Docker's less than we do
    spelled = first.lower() in {reference.host, api_host(reference.host)}
    host = first if spelled else reference.host
    facade = facade_name(reference.host, "").removesuffix("/")
    return name if spelled else reference.key, host, facade
