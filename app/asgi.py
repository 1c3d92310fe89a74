"""Puts the application together: its parts and its routes, one ASGI application out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
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
from app.content import api as content_api
from app.content import live as content_live
from app.content import pages as content_pages
from app.gitaccess import api as git_access_api
from app.imagebuilds import api as image_builds_api
from app.moves import api as moves_api
from app.moves import pages as moves_pages
from app.openapi import described
from app.orphans import api as orphans_api
from app.parts import Ports, make_parts
from app.preferences import api as preferences_api
from app.preferences import dotfiles as preferences_dotfiles
from app.preferences import hostkeys
from app.preferences import ide as preferences_ide
from app.preferences import pages as preferences_pages
from app.preferences import sshkeys as preferences_sshkeys
from app.preferences import timeout as preferences_timeout
from app.preferences import variables as preferences_variables
from app.replicas import Replicas
from app.runtime.publish import RouteFeed
from app.settings import Settings
from app.shares import api as shares_api
from app.shares import pages as shares_pages
from app.snapshots import agentapi as snapshots_agentapi
from app.snapshots import api as snapshots_api
from app.snapshots import pages as snapshots_pages
from app.sshaccess import api as ssh_access_api
from app.variables import api as variables_api
from app.workspaces import (
    agentapi,
    agentgit,
    agentgp,
    agentprofile,
    agentrepository,
    api,
    badge,
    configschema,
    desktop,
    docs,
    doors,
    idesapi,
    imagebuild,
    live,
    newpage,
    pages,
    routesapi,
    startimagesapi,
    upkeeppages,
)
from app.workspaces.store import Store
from kit.clock import Clock
from kit.tasks import Tasks

ONCE = (
    "nodes",
    "moves_loop",
    "reconciler",
    "waiting",
    "shares",
    "keeping",
    "cleaning",
    "content_loop",
    "snapshot_loop",
    "orphans",
)
"""Loops of which only one server of several runs each."""
_HAND_OVER = 3.0
"""Seconds in which loops end and the lease is given back; without that it runs out by itself."""
MAX_BODY = 1024 * 1024
"""Bytes; nobody sends more than a form to the control plane."""


def create_app(settings: Settings, ports: Ports, clock: Clock) -> Litestar:
    """Return the application; its lifespan fills the route feed and runs the reconciler.

    The database must be at the newest schema already, and have its owner.
    """
    parts = make_parts(settings, ports, clock)
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
            *startimagesapi.route_handlers,
            *agentapi.route_handlers,
            *agentgit.route_handlers,
            *image_builds_api.route_handlers,
            *agentgp.route_handlers,
            *agentrepository.route_handlers,
            *agentprofile.route_handlers,
            *doors.route_handlers,
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
            *content_api.route_handlers,
            *snapshots_api.route_handlers,
            *snapshots_pages.route_handlers,
            *snapshots_agentapi.route_handlers,
            *content_pages.route_handlers,
            *content_live.route_handlers,
            *orphans_api.route_handlers,
            *moves_api.route_handlers,
            *moves_pages.route_handlers,
        ],
        plugins=[HTMXPlugin()],
        middleware=[DefineMiddleware(Authentication)],
        guards=[require_action],
        dependencies={
            **{name: Provide(_given(name)) for name in parts},
            "principal": Provide(_principal, sync_to_thread=False),
        },
        state=State(parts),
        lifespan=[_lifespan],
        exception_handlers=faults.HANDLERS,
        openapi_config=described(),
        request_max_body_size=MAX_BODY,
        # Errors are told by app.faults; Litestar's own log would repeat them.
        logging_config=None,
        debug=False,
    )


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    parts = app.state
    store: Store = parts["store"]
    feed: RouteFeed = parts["feed"]
    keys: Keys = parts["keys"]
    tasks = Tasks()
    feed.keys = keys.public_keys()
    async with store.database.read() as session:
        ended = await accounts.ended_sessions(session, store.clock.now())
    feed.load(await store.routes(), ended)
    for sealed in ("handing", "variables", "profile", "repositories"):
        await parts[sealed].renew_seals()
    await parts["nodes"].load()
    loops = {name: parts[name].run for name in ONCE}
    for name, node in parts["nodes"].every.items():
        if node.reconciler is not parts["reconciler"]:
            loops[f"reconciler of {name}"] = node.reconciler.run
    replicas = Replicas(parts, loops) if store.database.shared else None
    parts["replicas"] = replicas
    leading = None
    if replicas is not None:
        leading = tasks.spawn(replicas.run(), "replicas")
    else:
        for name, loop in loops.items():
            tasks.spawn(loop(), name)
    tasks.spawn(parts["start_images"].run(), "start_images")
    try:
        yield
    finally:
        feed.close()
        if replicas is not None and leading is not None:
            replicas.leader.resign()
            await asyncio.wait({leading}, timeout=_HAND_OVER)
            await replicas.leave()
        await tasks.close()
        if parts["counts"] is not None:
            await parts["counts"].close()
        await store.database.close()


def _given(name: str) -> Callable[[Scope], Any]:
    async def give(scope: Scope) -> Any:
        return scope["litestar_app"].state[name]

    return give


def _principal(scope: Scope) -> Principal:
    principal = scope["state"]["principal"]
    assert isinstance(principal, Principal)
    return principal
