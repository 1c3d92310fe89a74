"""Variables of people: set, listed, removed, and given to their workspaces."""

import structlog
from sqlalchemy import delete, func, select

from app.accounts.access import Action, Principal, allowed
from app.accounts.sealing import Seal, Unsealable
from app.db.sessions import Database
from app.db.variables import VariableRow
from app.faults import Conflict, Denied, Malformed, Missing
from app.variables.patterns import closest, is_pattern, repository_of
from app.variables.structs import ChangeVariable, SetVariable, VariableView
from kit.clock import Clock
from kit.oci.core.secrets import read_image_auth

_log = structlog.get_logger(__name__)

MOST = 100
"""Variables of one person; with the longest values they still fit into a start's environment."""
OWN = ("GITPOD_", "PODIUM_")
"""Beginnings of names that are the platform's."""
IMAGE_AUTH = "GITPOD_IMAGE_AUTH"
"""Passwords for registries, `host:base64(user:password),…`: for images, never for a workspace."""


def about(user: str, name: str, pattern: str) -> str:
    """Return what a value is sealed for."""
    return f"variable/{user}/{name}/{pattern}"


class Variables:
    """Variables of whoever asks, and of a workspace's owner."""

    def __init__(self, database: Database, clock: Clock, seal: Seal) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal

    async def view(self, principal: Principal) -> list[VariableView]:
        """Return names and patterns, by name."""
        _check(principal, Action.LIST_OWN)
        async with self._database.read() as session:
            found = await session.execute(
                select(VariableRow)
                .where(VariableRow.user_id == principal.user)
                .order_by(VariableRow.name, VariableRow.pattern)
            )
            rows = found.scalars().all()
        return [
            VariableView(name=one.name, pattern=one.pattern, changed=one.changed_at) for one in rows
        ]

    async def set(self, principal: Principal, wanted: SetVariable) -> VariableView:
        """Keep a variable, instead of the one of the same name and pattern."""
        _check(principal, Action.CHANGE_OWN)
        await self._keep(principal.user, wanted.pattern, {wanted.name: wanted.value})
        return VariableView(
            name=wanted.name, pattern=wanted.pattern.lower(), changed=self._clock.now()
        )

    async def change(
        self, principal: Principal, name: str, pattern: str, wanted: ChangeVariable
    ) -> None:
        """Give a variable another name, pattern or value; raises Missing.

        One that has the new name and pattern already is replaced, as by `set`.
        """
        _check(principal, Action.CHANGE_OWN)
        _fit(wanted.pattern, {wanted.name: wanted.value or ""})
        key = (principal.user, name, pattern.lower())
        fresh = (principal.user, wanted.name, wanted.pattern.lower())
        async with self._database.write() as session:
            row = await session.get(VariableRow, key)
            if row is None:
                raise _missing()
            value = self._open(row) if wanted.value is None else wanted.value
            if value is None:
                raise Malformed(
                    "variable_invalid",
                    "The value of before cannot be read any more",
                    "The installation's master key is another one than when it was set.",
                    "Type the value once more.",
                )
            if fresh != key:
                await session.delete(row)
            await session.merge(
                VariableRow(
                    user_id=principal.user,
                    name=wanted.name,
                    pattern=fresh[2],
                    sealed=self._seal.close(value.encode(), about(*fresh)),
                    changed_at=self._clock.now(),
                )
            )

    async def remove(self, principal: Principal, name: str, pattern: str) -> None:
        """Forget a variable; raises Missing."""
        _check(principal, Action.CHANGE_OWN)
        if not await self._drop(principal.user, pattern, [name]):
            raise _missing()

    # --- for workspaces: whoever calls has proven whose it is, and that it is trusted ---

    async def of_workspace(self, owner: str, url: str) -> dict[str, str]:
        """Return name → value of what its programs see."""
        values = await self._of(owner, url)
        values.pop(IMAGE_AUTH, None)
        return values

    async def image_auth(self, owner: str, url: str) -> str:
        """Return the passwords for registries that count in a repository, empty for none."""
        return (await self._of(owner, url)).get(IMAGE_AUTH, "")

    async def _of(self, owner: str, url: str) -> dict[str, str]:
        """Return name → value of what counts in a repository."""
        repository = repository_of(url)
        async with self._database.read() as session:
            found = await session.execute(select(VariableRow).where(VariableRow.user_id == owner))
            rows = found.scalars().all()
        patterns = closest({one.pattern for one in rows}, repository)
        values: dict[str, str] = {}
        for pattern in reversed(patterns):  # the closest is written last
            for row in (one for one in rows if one.pattern == pattern):
                value = self._open(row)
                if value is not None:
                    values[row.name] = value
        return values

    async def set_from_inside(self, owner: str, url: str, values: dict[str, str]) -> None:
        """Keep variables for the workspace's own repository alone."""
        await self._keep(owner, repository_of(url), values)

    async def unset_from_inside(self, owner: str, url: str, names: list[str]) -> None:
        """Forget variables that are for this very repository; others are not touched."""
        await self._drop(owner, repository_of(url), names)

    # --- inner ---

    async def _keep(self, user: str, pattern: str, values: dict[str, str]) -> None:
        pattern, now = pattern.lower(), self._clock.now()
        _fit(pattern, values)
        async with self._database.write() as session:
            for name, value in values.items():
                sealed = self._seal.close(value.encode(), about(user, name, pattern))
                await session.merge(
                    VariableRow(
                        user_id=user, name=name, pattern=pattern, sealed=sealed, changed_at=now
                    )
                )
            await session.flush()
            counted = select(func.count()).where(VariableRow.user_id == user)
            if (await session.execute(counted)).scalar_one() > MOST:
                raise Conflict(
                    "variables_full",
                    "There are too many variables",
                    f"Each person has at most {MOST}.",
                    "Remove some that are not needed any more.",
                )

    async def _drop(self, user: str, pattern: str, names: list[str]) -> bool:
        own = (VariableRow.user_id == user) & (VariableRow.pattern == pattern.lower())
        async with self._database.write() as session:
            gone = await session.execute(
                delete(VariableRow)
                .where(own & VariableRow.name.in_(names))
                .returning(VariableRow.name)
            )
            return bool(gone.scalars().all())

    async def renew_seals(self) -> int:
        """Seal with the newest key what an older one sealed; returns how many there were."""
        renewed = 0
        async with self._database.write() as session:
            for row in (await session.execute(select(VariableRow))).scalars().all():
                try:
                    fresh = self._seal.renew(row.sealed, about(row.user_id, row.name, row.pattern))
                except Unsealable:
                    _log.warning("cannot_be_opened", variable=row.name)
                    continue
                if fresh is not None:
                    row.sealed = fresh
                    renewed += 1
        return renewed

    def _open(self, row: VariableRow) -> str | None:
        try:
            sealed_for = about(row.user_id, row.name, row.pattern)
            return self._seal.open(row.sealed, sealed_for).decode()
        except Unsealable:  # the master key is another one: the person has to give it anew
            _log.warning("cannot_be_opened", variable=row.name)
            return None


def _fit(pattern: str, values: dict[str, str]) -> None:
    """Refuse what no workspace could have."""
    if not is_pattern(pattern):
        raise Malformed(
            "pattern_invalid",
            "This is no pattern of repositories",
            "It is owner/name, with * for any part and ** for all that follow.",
        )
    for name, value in values.items():
        if name == IMAGE_AUTH:
            if value:
                _check_image_auth(value)
        elif name.startswith(OWN):
            raise Malformed(
                "variable_invalid",
                "This name is the platform's",
                f"{name} says something about the workspace itself.",
                "Choose a name that begins otherwise.",
            )


def _check_image_auth(value: str) -> None:
    """Refuse what no registry could make anything of; it is never repeated."""
    found = read_image_auth(value)
    if len(found) < value.count(",") + 1 or any(one.raw for one in found.values()):
        raise Malformed(
            "image_auth_invalid",
            "These are no passwords for registries",
            f"{IMAGE_AUTH} is a registry's host, a colon, and user:password in base64; several "
            "are separated by commas.",
            "Write for example ghcr.io:YWRhOnNlY3JldA== and nothing else.",
        )


def _missing() -> Missing:
    return Missing("variable_missing", "There is no such variable of yours")


def _check(principal: Principal, action: Action) -> None:
    if not allowed(principal, action):
        raise Denied("denied", "You may not do this")
