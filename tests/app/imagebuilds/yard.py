"""Builds over a database of their own, a fake node, and a shelf that is a dict."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha1, sha256
from pathlib import Path

from app.accounts.access import Principal
from app.db.sessions import Database
from app.imagebuilds.builds import Builds, Order, Recipe, Standing
from app.imagebuilds.logs import Logs
from app.imagebuilds.states import BuildState
from app.imagebuilds.truth import BuildTruth, Policy
from app.imagebuilds.working import Working
from app.images.tickets import Tickets
from app.runtime.fake import FakeRuntime
from app.runtime.fakegit import REVISION
from app.runtime.loop import Reconciler
from app.workspaces.artefacts import FAKE, Artefacts
from app.workspaces.secrets import Secrets, hash_of
from kit.clock import FakeClock
from kit.tasks import Tasks
from tests.app.migrated import make_database
from tests.app.people import add_person
from tests.waiting import until
from wire.ids import InstanceId

URL = "https://h.org/ada/demo"
TEXT = "FROM gitpod/workspace-base\nCOPY x /x\n"
DIGEST = f"sha256:{'d' * 64}"


class Yard:
    alice: Principal

    def __init__(self, folder: Path, most: int = 1) -> None:
        self.clock = FakeClock()
        self.database = Database(make_database(folder / "podium.db"))
        self.node = FakeRuntime()
        self.node.repositories.files[URL] = {"Dockerfile": TEXT, "x": "1"}
        self.builds = Builds(self.database, self.clock, Secrets(b"m" * 32).token, hash_of)
        self.images: dict[str, str] = {}
        """Key → digest of what was pushed."""
        self.logs = Logs(folder / "logs")
        self.tickets = Tickets(folder / "tickets")
        self.passwords: dict[str, str] = {}
        """Person → passwords for registries."""
        self.variables: dict[str, dict[str, str]] = {}
        self.working = Working(self.builds, self.logs, self.tickets, self, self)
        self.artefacts: Artefacts | None = FAKE
        self.truth = BuildTruth(self.builds, self.node, lambda: self.artefacts, policy=Policy(most))

    async def of_workspace(self, owner: str, url: str) -> dict[str, str]:
        assert url == URL
        return self.variables.get(owner, {})

    async def image_auth(self, owner: str, url: str) -> str:
        assert url == URL
        return self.passwords.get(owner, "")

    async def digest_of(self, key: str) -> str:
        return self.images.get(key, "")

    async def order(self, key: str = "a" * 64, **other: str) -> Order:
        looked = self.node.repositories.files[URL]
        recipe = Recipe(
            dockerfile="Dockerfile",
            context="",
            bases=["docker.io/gitpod/workspace-base:latest"],
            objects={"x": _blob(looked["x"])},
            text=sha256(TEXT.encode()).hexdigest(),
        )
        made = Order(
            key=key,
            owner="alice",
            organisation="alice",
            url=URL,
            revision=REVISION,
            folder="demo",
            partial=False,
            recipe=recipe,
            base="default",
            base_digest="fake",
        )
        return replace(made, **other)  # type: ignore[arg-type] # texts by their names

    @asynccontextmanager
    async def reconciling(self) -> AsyncIterator[None]:
        reconciler = Reconciler(self.node, self.node, self.truth, self.clock, 0.05)
        self.builds.listen(reconciler.wake)
        tasks = Tasks()
        tasks.spawn(reconciler.run(), "reconciler")
        try:
            yield
        finally:
            await tasks.close()

    async def at(self, build: str, state: BuildState) -> Standing:
        async def there() -> Standing | None:
            found = await self.builds.one(build)
            return found if found is not None and found.state is state else None

        found: Standing = await until(there)
        return found

    async def builder(self, build: str) -> str:
        """Wait until the build's container runs; return its token."""
        instance = InstanceId(build, 1)
        await until(lambda: instance in self.node.tokens)
        return self.node.tokens[instance]

    async def open(self) -> None:
        async with self.database.write() as session:
            self.alice = await add_person(session, "alice")


def _blob(text: str) -> str:
    return sha1(text.encode(), usedforsecurity=False).hexdigest()
