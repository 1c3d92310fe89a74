"""What the SSH gateway asks: who somebody is, whether they may come in, and for how long."""

import asyncio

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.access import Action, Kind, Listener, Principal
from app.accounts.secrets import MAX_TOKEN, hashed
from app.db.accounts import SessionRow
from app.db.sshaccess import AuthorizedKeyRow, SshTokenRow
from app.db.workspaces import InstanceRow, WorkspaceRow
from app.faults import Conflict, Denied
from app.sshaccess.publickeys import fingerprint
from app.sshaccess.service import lives
from app.workspaces.activity import note, usable
from app.workspaces.owned import own
from app.workspaces.starting import start
from app.workspaces.steps import view as steps_view
from app.workspaces.store import Store
from app.workspaces.views import problem_of
from wire.agent import Activity
from wire.phases import Phase, StepState, StopReason
from wire.ssh import Authenticate, Enter, Entry, Held, Known, Void

LONGEST_POLL = 10.0
"""Seconds after which the gateway hears that nothing is new."""
_MINUTE = 60.0
_SOONEST = 15.0
"""Seconds within which further activity is not written down: it would tell nothing new."""
_GONE = {
    "key": "The key that you came with has been removed.",
    "token": "The session that your password was made in has ended.",
    "session": "You have signed out.",
}


class Entering:
    """Answers the gateway; nothing is told to who has proven nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def authenticate(self, asked: Authenticate) -> Known:
        """Return who shows a key or a password; raises Denied, in the same words for everything.

        A key says who somebody is, whatever workspace they ask for; a password is of one.
        """
        now = self._store.clock.now()
        async with self._store.database.read() as session:
            if asked.key:
                found = await _by_key(session, asked)
            else:
                found = await _by_token(session, asked, now)
        if found is None:
            raise Denied("ssh_refused", "Neither the key nor the password is known here")
        return found

    async def enter(self, asked: Enter) -> Entry:
        """Start the workspace unless it runs; return where it stands when that is news.

        Raises Missing for what is not theirs, Denied when what they came with is worth nothing
        any more, and Conflict when the start has failed.
        """
        if await self._void(asked.credential, asked.user, asked.workspace):
            raise Denied("ssh_refused", _GONE[_kind(asked.credential)])
        async with self._store.waiting(asked.workspace) as changed:
            deadline = asyncio.get_running_loop().time() + LONGEST_POLL
            while True:
                changed.clear()
                entry = await self._enter(asked)
                if entry.ready or entry.doing != asked.seen:
                    return entry
                try:
                    async with asyncio.timeout_at(deadline):
                        await changed.wait()
                except TimeoutError:
                    return entry

    async def _enter(self, asked: Enter) -> Entry:
        person = Principal(Kind.USER, Listener.PUBLIC, user=asked.user)
        async with self._store.change() as change:
            row, instance = await own(change, person, Action.OPEN_SSH, asked.workspace)
            problem = None if instance is None or instance.live else problem_of(instance)
            recent = instance is not None and change.now - (instance.ended_at or 0.0) < _SOONEST
            if problem is not None and recent:
                raise Conflict("start_failed", problem.title, problem.detail, problem.cure)
            instance = await start(change, row, instance, self._store.secrets, asked.user)
            if not asked.seen:
                await _used(change.session, asked.credential, change.now)
        if instance is None:
            return Entry(ready=False, instance="", doing="being restored first")
        whole = row.checked_out or Phase(instance.phase) is Phase.RUNNING
        if usable(instance) and whole:
            key = self._store.secrets.proof_key(instance.id)
            dial = self._store.dials.get(instance.node, "")
            at = instance.address
            return Entry(ready=True, instance=instance.id, key=key, dial=dial, at=at)
        return Entry(ready=False, instance=instance.id, doing=_doing(instance))

    async def held(self, held: list[Held]) -> Void:
        """Return which connections are void, and take in which of them are used."""
        void = {}
        for one in held:
            words = await self._ended(one)
            if words:
                void[one.id] = words
        used = {one.workspace for one in held if one.used and one.id not in void}
        if used:
            await self._note(used)
        return Void(void=void)

    async def _ended(self, one: Held) -> str:
        if await self._void(one.credential, one.user, one.workspace):
            return _GONE[_kind(one.credential)]
        async with self._store.database.read() as session:
            row = await session.get(WorkspaceRow, one.workspace)
            instance = await session.get(InstanceRow, one.instance)
        if row is None or row.deleted_at is not None or row.owner_id != one.user:
            return "There is no such workspace any more."
        if instance is not None and usable(instance):
            return ""
        timed_out = instance is not None and instance.stop_reason == StopReason.TIMED_OUT
        return (
            "The workspace has stopped: nobody has used it for its timeout."
            if timed_out
            else "The workspace has stopped."
        )

    async def _void(self, credential: str, user: str, workspace: str) -> bool:
        """Tell whether what somebody came with is worth nothing any more."""
        kind, _, name = credential.partition(":")
        async with self._store.database.read() as session:
            now = self._store.clock.now()
            if kind == "session":
                row = await session.get(SessionRow, name)
                return not lives(row, now) or (row is not None and row.user_id != user)
            if kind == "key":
                key = await session.get(AuthorizedKeyRow, name)
                return key is None or key.user_id != user
            token = await session.get(SshTokenRow, name) if kind == "token" else None
            if token is None or (token.user_id, token.workspace_id) != (user, workspace):
                return True
            if not token.session_id:
                return False
            return not lives(await session.get(SessionRow, token.session_id), now)

    async def _note(self, used: set[str]) -> None:
        async with self._store.change() as change:
            for workspace in used:
                row = await change.workspace(workspace)
                instance = None if row is None else await change.newest(row)
                if row is None or instance is None or instance.active_at is None:
                    continue
                if usable(instance) and change.now - instance.active_at >= _SOONEST:
                    note(change, row, instance, Activity.SSH)


async def _by_key(session: AsyncSession, asked: Authenticate) -> Known | None:
    algorithm, _, content = asked.key.partition(" ")
    try:
        wanted = AuthorizedKeyRow.fingerprint == fingerprint(content)
    except ValueError:
        return None
    rows = list((await session.execute(select(AuthorizedKeyRow).where(wanted))).scalars())
    workspace = await session.get(WorkspaceRow, asked.workspace)
    owner = "" if workspace is None else workspace.owner_id
    # two people may have a key together: who owns the workspace is meant
    for row in sorted(rows, key=lambda one: one.user_id != owner):
        if row.public == f"{algorithm} {content}":
            return Known(user=row.user_id, credential=f"key:{row.id}")
    return None


async def _by_token(session: AsyncSession, asked: Authenticate, now: float) -> Known | None:
    if not 0 < len(asked.token) <= MAX_TOKEN:
        return None
    found = await session.execute(
        select(SshTokenRow).where(SshTokenRow.token_hash == hashed(asked.token))
    )
    row = found.scalar()
    if row is None or row.workspace_id != asked.workspace or row.expires_at < now:
        return None
    return Known(user=row.user_id, credential=f"token:{row.id}")


async def _used(session: AsyncSession, credential: str, now: float) -> None:
    """Note when a key was used, to the minute."""
    kind, _, name = credential.partition(":")
    if kind == "key":
        minute = now - now % _MINUTE
        await session.execute(
            update(AuthorizedKeyRow).where(AuthorizedKeyRow.id == name).values(used_at=minute)
        )


def _kind(credential: str) -> str:
    kind = credential.partition(":")[0]
    return kind if kind in _GONE else "session"


def _doing(instance: InstanceRow) -> str:
    """Return the step that is at work, or the phase."""
    if Phase(instance.phase) is Phase.STOPPING:
        return "stopping first"
    working = [one for one in steps_view(instance.steps) if one.state is StepState.WORKING]
    return working[0].step.value if working else str(instance.phase)
