"""Puts the application together: adapters in, one ASGI application out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.plugins.htmx import HTMXPlugin
from litestar.types import Scope

from app import faults
from app.accounts import api as accounts_api
from app.accounts import pages as accounts_pages
from app.accounts import service as accounts
from app.accounts.access import Principal
from app.accounts.guards import Authentication, require_action
from app.accounts.keys import Keys
from app.db.sessions import Database, sqlite_url
from app.gitaccess import api as git_access_api
from app.gitaccess.handing import Handing
from app.gitaccess.pasting import Pasting
from app.gitaccess.service import GitAccess
from app.ides.reading import catalogue_of
from app.imagebuilds import api as image_builds_api
from app.imagebuilds.assembly import Ground, assemble
from app.imagebuilds.proving import Instances
from app.images.fake import FakeImages
from app.images.port import ImagePorts
from app.images.waiting import Waiting
from app.openapi import described
from app.preferences import api as preferences_api
from app.preferences import dotfiles as preferences_dotfiles
from app.preferences import hostkeys
from app.preferences import ide as preferences_ide
from app.preferences import pages as preferences_pages
from app.preferences import sshkeys as preferences_sshkeys
from app.preferences import timeout as preferences_timeout
from app.preferences import variables as preferences_variables
from app.runtime.loop import Reconciler
from app.runtime.port import Content, Dial, Runtime
from app.runtime.publish import RouteFeed
from app.settings import Settings
from app.shares import api as shares_api
from app.shares import pages as shares_pages
from app.shares.opening import Opening
from app.shares.policy import Links as ShareLinks
from app.shares.policy import Policy as SharePolicy
from app.shares.service import Shares
from app.sshaccess import api as ssh_access_api
from app.sshaccess.entering import Entering
from app.sshaccess.service import SshAccess
from app.variables import api as variables_api
from app.variables.service import Variables
from app.web.assets import Assets
from app.web.events import Hints
from app.web.render import Renderer
from app.workspaces import (
    agentapi,
    agentgit,
    agentgp,
    agentprofile,
    api,
    badge,
    configschema,
    desktop,
    docs,
    idesapi,
    imagebuild,
    live,
    newpage,
    pages,
    repository,
    routesapi,
    upkeeppages,
)
from app.workspaces.agents import Agents, Giving
from app.workspaces.artefacts import Artefacts, images_of, read_artefacts
from app.workspaces.awake import Timeouts
from app.workspaces.dotfiles import Dotfiles
from app.workspaces.ides import Ides
from app.workspaces.imaging import Imaging
from app.workspaces.links import Links
from app.workspaces.preferring import Preferring
from app.workspaces.profile import Profile
from app.workspaces.secrets import Secrets, hash_of
from app.workspaces.service import WorkspaceService
from app.workspaces.store import Store
from app.workspaces.timeouts import Policy
from app.workspaces.trusting import Trust
from app.workspaces.truth import DatabaseTruth
from app.workspaces.upkeep import Upkeep
from app.workspaces.vitals import Vitals
from kit.clock import Clock
from kit.durations import seconds_of
from kit.tasks import Tasks

MAX_BODY = 1024 * 1024
"""Bytes; nobody sends more than a form to the control plane."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The adapters an application runs on."""

    runtime: Runtime
    content: Content
    dial: Dial
    artefacts: Callable[[], Artefacts | None] | None = None
    """What new starts get; None reads the pointer file that set-up writes."""
    images: ImagePorts = field(default_factory=lambda: FakeImages().ports)


def create_app(settings: Settings, ports: Ports, clock: Clock) -> Litestar:
    """Return the application; its lifespan fills the route feed and runs the reconciler.

    The database must be at the newest schema already, and have its owner.
    """
    parts = _make_parts(settings, ports, clock)
    return Litestar(
        route_handlers=[
            *accounts_pages.route_handlers,
            *accounts_api.route_handlers,
            *git_access_api.route_handlers,
            *preferences_api.route_handlers,
            *ssh_access_api.route_handlers,
            *preferences_pages.route_handlers,
            *preferences_timeout.route_handlers,
            *preferences_ide.route_handlers,
            *preferences_sshkeys.route_handlers,
            *preferences_dotfiles.route_handlers,
            *preferences_variables.route_handlers,
            *hostkeys.route_handlers,
            *api.route_handlers,
            *agentapi.route_handlers,
            *agentgit.route_handlers,
            *image_builds_api.route_handlers,
            *agentgp.route_handlers,
            *agentprofile.route_handlers,
            *variables_api.route_handlers,
            *routesapi.route_handlers,
            *pages.route_handlers,
            *imagebuild.route_handlers,
            *newpage.route_handlers,
            *docs.route_handlers,
            *desktop.route_handlers,
            *idesapi.route_handlers,
            *upkeeppages.route_handlers,
            *badge.route_handlers,
            *configschema.route_handlers,
            *live.route_handlers,
            *shares_api.route_handlers,
            *shares_pages.route_handlers,
        ],
        plugins=[HTMXPlugin()],
        middleware=[DefineMiddleware(Authentication)],
        guards=[require_action],
        dependencies={
            **{name: Provide(_given(part)) for name, part in parts.items()},
            "principal": Provide(_principal, sync_to_thread=False),
        },
        state=State(parts),
        lifespan=[partial(_lifespan, parts=parts)],
        exception_handlers=faults.HANDLERS,
        openapi_config=described(),
        request_max_body_size=MAX_BODY,
        # Errors are told by app.faults; Litestar's own log would repeat them.
        logging_config=None,
        debug=False,
    )


def _make_parts(settings: Settings, ports: Ports, clock: Clock) -> dict[str, Any]:
    """Make everything that handlers may ask for by name; middleware finds it on the state."""
    database = Database(sqlite_url(str(settings.layout.database)))
    keys = Keys.load(Path(settings.layout.master_key))
    feed, hints, links = RouteFeed(), Hints(), Links()
    policy = Policy(
        settings.timeout, settings.max_lifetime, settings.max_starting, settings.job_limit
    )
    ides = catalogue_of(settings.ides)
    store = Store(database, clock, Secrets(keys.master), feed, hints, policy, ides)
    pointer = partial(read_artefacts, Path(settings.layout.artefacts))
    variables = Variables(database, clock, keys.seal)
    git_access = GitAccess(database, clock, keys.seal)
    handing = Handing(database, clock, keys.seal, settings.git_protocols)
    workspaces_truth = DatabaseTruth(
        store, ports.artefacts or pointer, links.connected, handing.for_clone
    )
    parts = ports.artefacts or pointer
    building = assemble(
        Ground(
            database=database,
            clock=clock,
            layout=settings.layout,
            content=ports.content,
            token_of=store.secrets.token,
            hash_of=hash_of,
            parts=parts,
            images=lambda: images_of(parts()),
            credentials=handing.for_clone,
            most=settings.max_builds,
            passwords=variables.image_auth,
            keep=seconds_of(settings.keep_builds),
        )
    )
    truth = building.beside(workspaces_truth)
    reconciler = Reconciler(ports.runtime, ports.content, truth, clock)
    store.listen(reconciler.wake)
    waiting = Waiting(Imaging(store), building.images(ports.images))
    store.listen(waiting.wake)
    for wake in (reconciler.wake, waiting.wake):
        building.builds.listen(wake)
    parse = partial(
        repository.parse,
        protocols=settings.git_protocols,
        local_roots=settings.local_repositories,
    )
    vitals = Vitals(clock, hints)
    giving = Giving(handing.known_hosts, variables.of_workspace)
    agents = Agents(store, settings.hosts, vitals, giving, settings.ssh_port, settings.gallery)
    assets = Assets()
    workspaces = WorkspaceService(store, settings.hosts, parse)
    shareable = SharePolicy(ShareLinks(settings.share_links), seconds_of(settings.longest_share))
    return {
        "assets": assets,
        "renderer": Renderer(assets, clock),
        "settings": settings,
        "clock": clock,
        "database": database,
        "keys": keys,
        "feed": feed,
        "hints": hints,
        "links": links,
        "ides": Ides(ides, ports.artefacts or pointer),
        "store": store,
        "reconciler": reconciler,
        "waiting": waiting,
        "building": building,
        "working": building.working,
        "keeping": building.keeping,
        "agents": agents,
        "vitals": vitals,
        "instances": Instances(agents, building.builds),
        "git_access": git_access,
        "pasting": Pasting(git_access, clock, keys.seal),
        "handing": handing,
        "variables": variables,
        "profile": Profile(store, keys.seal),
        "ssh_access": SshAccess(database, clock, settings.hosts, settings.ssh_port),
        "entering": Entering(store),
        "trust": Trust(store),
        "workspaces": workspaces,
        "upkeep": Upkeep(store, workspaces),
        "timeouts": Timeouts(store, settings.hosts),
        "dotfiles": Dotfiles(store, parse),
        "preferring": Preferring(store),
        "shares": Shares(store, settings.hosts, keys, shareable),
        "opening": Opening(store, keys),
    }


@asynccontextmanager
async def _lifespan(_app: Litestar, parts: dict[str, Any]) -> AsyncIterator[None]:
    store: Store = parts["store"]
    feed: RouteFeed = parts["feed"]
    keys: Keys = parts["keys"]
    tasks = Tasks()
    feed.keys = keys.public_keys()
    async with store.database.read() as session:
        ended = await accounts.ended_sessions(session, store.clock.now())
    feed.load(await store.routes(), ended)
    for sealed in ("handing", "variables", "profile"):
        await parts[sealed].renew_seals()
    for name in ("reconciler", "waiting", "shares", "keeping"):
        tasks.spawn(parts[name].run(), name)
    try:
        yield
    finally:
        feed.close()
        await tasks.close()
        await store.database.close()


def _given(part: Any) -> Callable[[], Any]:
    async def give() -> Any:
        return part

    return give


def _principal(scope: Scope) -> Principal:
    principal = scope["state"]["principal"]
    assert isinstance(principal, Principal)
    return principal
