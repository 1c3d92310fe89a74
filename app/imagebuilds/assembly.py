"""Puts the builder together: rows, logs, tokens, store, truth and supplier."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.db.sessions import Database
from app.imagebuilds.builds import Builds
from app.imagebuilds.gathering import Gatherer
from app.imagebuilds.keeping import Keeping
from app.imagebuilds.logs import Logs
from app.imagebuilds.own import OwnBuilds
from app.imagebuilds.shelf import Shelf
from app.imagebuilds.supplying import BuiltImages, Looks
from app.imagebuilds.truth import Both, BuildTruth, Parts, Policy
from app.imagebuilds.working import Personal, Working
from app.images.facade import FacadeClient
from app.images.passwords import PersonalPasswords
from app.images.port import ImagePorts
from app.images.tickets import Tickets
from app.runtime.loop import Truth
from app.runtime.port import Content, Credentials
from kit.clock import Clock
from wire.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the builder stands on."""

    database: Database
    clock: Clock
    layout: Layout
    content: Content
    """Of the node on which builds run."""
    looks: Looks
    """Into workspaces, wherever they are."""
    token_of: Callable[[str], str]
    hash_of: Callable[[str], str]
    parts: Callable[[], Parts | None]
    images: Callable[[], Mapping[str, str]]
    """The installation's own, name → digest."""
    credentials: Callable[[str, str], Awaitable[Credentials]]
    most: int
    """Builds at once."""
    personal: Personal
    keep: float
    """Seconds for which a build that has ended, or its log, is kept."""


@dataclass(frozen=True, slots=True)
class Building:
    """The parts that others ask."""

    builds: Builds
    logs: Logs
    working: Working
    truth: BuildTruth
    supplier: BuiltImages
    keeping: Keeping
    passwords: PersonalPasswords
    own: OwnBuilds

    def images(self, others: ImagePorts) -> ImagePorts:
        """Return what supplies images, those that are built among them."""
        self.supplier.others = others.suppliers
        suppliers = {"file": self.supplier, **others.suppliers}
        return replace(others, suppliers=suppliers, passwords=self.passwords)

    def beside(self, truth: Truth) -> Both:
        """Return another truth and the one about builds as one."""
        return Both(truth, self.truth)


def assemble(ground: Ground) -> Building:
    """Return the builder's parts."""
    builds = Builds(ground.database, ground.clock, ground.token_of, ground.hash_of)
    logs = Logs(Path(ground.layout.build_logs))
    facade = FacadeClient(str(ground.layout.registry_socket))
    shelf = Shelf(Path(ground.layout.image_store), facade)
    tickets = Tickets(Path(ground.layout.registry_run))
    truth = BuildTruth(
        builds, ground.content, ground.parts, ground.credentials, Policy(ground.most)
    )
    working = Working(builds, logs, tickets, shelf, ground.personal)
    gatherer = Gatherer(facade)
    supplier = BuiltImages(builds, ground.looks, shelf, ground.images, ground.personal, gatherer)
    keeping = Keeping(builds, logs, shelf, ground.keep)
    passwords = PersonalPasswords(tickets, ground.personal.image_auth)
    own = OwnBuilds(builds, logs)
    return Building(builds, logs, working, truth, supplier, keeping, passwords, own)
