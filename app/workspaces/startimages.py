"""The image of a start for container engines: composed by the registry, read with a token.

A machine's node does not need it: it takes base, supervisor and editor as they lie there. A pod's
node pulls it, and people may. Who asks for it gets a token that is worth this one image. A start
has one token: asking again ends the one before, and the end of the start ends it, whatever has
ended it and whoever was away then.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct
from sqlalchemy import select

from app.accounts.access import Action, Principal
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict
from app.images.aliases import DEFAULT, FULL
from app.images.tickets import Tickets
from app.runtime.port import Refused
from app.workspaces.artefacts import Artefacts
from app.workspaces.ides import WITH_JUPYTERLAB, WITH_VSCODE
from app.workspaces.opened import trees_of
from app.workspaces.owned import own
from app.workspaces.store import Store
from wire.hosts import Hosts
from wire.ids import InstanceId
from wire.ownimages import above, own_name
from wire.phases import Phase
from wire.registry import INSTANCE, LATEST, registry_name

_SHOWN = frozenset({Phase.INITIALIZING, Phase.RUNNING})
"""While people may ask for an instance's image."""
_PULLED = _SHOWN | {Phase.CREATING}
"""While a token counts: a pod pulls before anything of it runs."""
_USER = "podium"
_PERIOD = 60.0
"""Seconds between looks when nothing is told."""


class StartImageView(Struct, frozen=True, kw_only=True):
    """An image, and with what it can be pulled."""

    image: str
    """Reference, for `podman pull`."""
    user: str
    password: str
    """A token, until the start ends or another one is asked for."""


class StartImages:
    """Opens and ends tokens; `passwords` are a person's for registries, by person and address."""

    def __init__(
        self,
        store: Store,
        hosts: Hosts,
        tickets: Tickets,
        artefacts: Callable[[], Artefacts | None],
        passwords: Callable[[str, str], Awaitable[str]],
    ) -> None:
        self._store = store
        self._hosts = hosts
        self._tickets = tickets
        self._artefacts = artefacts
        self._passwords = passwords
        self._moved = asyncio.Event()

    async def open(self, principal: Principal, workspace: str) -> StartImageView:
        """Return the image of a workspace's start with a fresh token; raises Missing, Conflict."""
        artefacts = self._artefacts()
        async with self._store.change() as change:
            row, instance = await own(change, principal, Action.CHANGE_WORKSPACE, workspace)
            if instance is None or artefacts is None or Phase(instance.phase) not in _SHOWN:
                cure = "Start it, and ask again once it runs."
                raise Conflict("not_running", "The workspace does not run", cure=cure)
            token = await self._token(row, instance, artefacts)
        address = self._hosts.registry.partition("//")[2]
        name = f"{address}/{INSTANCE}/{instance.id}:{LATEST}"
        return StartImageView(image=name, user=_USER, password=token)

    async def pull(self, instance: InstanceId, registry: str) -> str:
        """Return the `.dockerconfigjson` for the image of a start whose pod is to be made.

        `registry` is its host as nodes reach it. Raises Refused for a start that is over.
        """
        artefacts = self._artefacts()
        async with self._store.database.read() as session:
            row = await session.get(WorkspaceRow, instance.workspace)
            found = await session.get(InstanceRow, str(instance))
        waits = found is not None and found.live and Phase(found.phase) in _PULLED
        if row is None or found is None or not waits or artefacts is None:
            raise Refused(f"{instance} is over, and has no image")
        token = await self._token(row, found, artefacts)
        auth = b64encode(f"{_USER}:{token}".encode()).decode()
        return json.dumps({"auths": {registry: {"auth": auth}}})

    async def _token(self, row: WorkspaceRow, instance: InstanceRow, artefacts: Artefacts) -> str:
        passwords = await self._passwords(row.owner_id, row.url) if row.trusted else ""
        return await asyncio.to_thread(
            self._tickets.open_instance,
            instance.id,
            base_of(instance.image, artefacts),
            additions_of(trees_of(instance), artefacts),
            passwords,
        )

    def wake(self) -> None:
        """Look soon."""
        self._moved.set()

    async def run(self) -> None:
        """End the tokens of starts that have ended, until cancelled."""
        while True:
            self._moved.clear()
            await self.end_over()
            try:
                async with asyncio.timeout(_PERIOD):
                    await self._moved.wait()
            except TimeoutError:
                continue

    async def end_over(self) -> None:
        """End every token whose start has no container any more, nor will have one."""
        opened = await asyncio.to_thread(self._tickets.instances)
        if not opened:
            return
        pulled = [one.value for one in _PULLED]
        async with self._store.database.read() as session:
            query = select(InstanceRow.id).where(
                InstanceRow.id.in_(opened), InstanceRow.live, InstanceRow.phase.in_(pulled)
            )
            going_on = set((await session.execute(query)).scalars())
        for one in opened - going_on:
            await asyncio.to_thread(self._tickets.close_instance, one)


def base_of(image: Mapping[str, str], artefacts: Artefacts) -> str:
    """Return the registry's word for the base of a start whose image was chosen."""
    source, digest = image.get("source", ""), image.get("digest", "")
    if source and digest:
        return f"{registry_name(source)}@{digest}"
    digest = digest or artefacts.image
    name = FULL if digest == artefacts.full else DEFAULT
    return own_name(name, digest)


def additions_of(trees: Mapping[str, str], artefacts: Artefacts) -> list[str]:
    """Return what is laid above the base, lowest first."""
    found = {
        "supervisor": artefacts.supervisor,
        "ide": trees.get(WITH_VSCODE) or artefacts.vscode,
        "jupyterlab": trees.get(WITH_JUPYTERLAB) or artefacts.jupyterlab,
    }
    return [above(kind, tree) for kind, tree in found.items() if tree]
