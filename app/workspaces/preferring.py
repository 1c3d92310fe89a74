"""What a person wants of all new workspaces: what they open with, and the time zone inside."""

from msgspec import UNSET, Struct, UnsetType

from app.accounts.access import Action, Principal, allowed
from app.db.accounts import UserRow
from app.faults import Denied, Malformed
from app.ides.structs import Catalogue, Choice
from app.workspaces.ides import checked, preferred
from app.workspaces.store import Store
from wire.timezones import is_time_zone


class Preferences(Struct, frozen=True, kw_only=True):
    """As they stand."""

    ide: str
    """What new workspaces open with, an id of GET /api/v1/ides."""
    profile: bool
    """Whether settings, keybindings, snippets and the list of extensions go along."""
    time_zone: str
    """Of new starts, `Europe/Berlin`: as a browser told it last; empty while none has."""


class ChangePreferences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of PATCH /api/v1/preferences; what is left out stays as it is."""

    ide: Choice | UnsetType = UNSET
    profile: bool | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    """Empty is the image's own."""


class Preferring:
    """Preferences of people; every method asks the one access function."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, principal: Principal) -> Preferences:
        """Return one's own."""
        if not allowed(principal, Action.LIST_OWN):
            raise Denied("denied", "You may not see this")
        async with self._store.database.read() as session:
            return _told(await session.get(UserRow, principal.user), self._store.ides)

    async def change(self, principal: Principal, wanted: ChangePreferences) -> Preferences:
        """Change one's own; raises Malformed for what is no time zone, and no editor."""
        if not allowed(principal, Action.CHANGE_OWN):
            raise Denied("denied", "You may not change this")
        if wanted.time_zone is not UNSET:
            _check(str(wanted.time_zone))
        async with self._store.change() as change:
            person = await change.session.get(UserRow, principal.user)
            if person is None:
                raise Denied("denied", "There is no such person any more")
            ide = person.ide
            if wanted.ide is not UNSET:
                ide = checked(self._store.ides, str(wanted.ide))
            zone = person.time_zone if wanted.time_zone is UNSET else str(wanted.time_zone)
            kept = person.profile_kept if wanted.profile is UNSET else bool(wanted.profile)
            if (ide, zone, kept) != (person.ide, person.time_zone, person.profile_kept):
                person.ide, person.time_zone, person.profile_kept = ide, zone, kept
                person.version += 1
            return _told(person, self._store.ides)

    async def told_zone(self, principal: Principal, zone: str) -> None:
        """Take in what a browser says with a start; what cannot be a time zone is left aside."""
        if not is_time_zone(zone) or (await self.get(principal)).time_zone == zone:
            return
        await self.change(principal, ChangePreferences(time_zone=zone))


def _check(zone: str) -> None:
    if zone and not is_time_zone(zone):
        cure = "Its name is as in the time zone database, for example Europe/Berlin."
        raise Malformed("time_zone_invalid", "This is no time zone", cure=cure)


def _told(person: UserRow | None, ides: Catalogue) -> Preferences:
    if person is None:
        return Preferences(ide=ides.default, profile=True, time_zone="")
    return Preferences(
        ide=preferred(ides, person.ide), profile=person.profile_kept, time_zone=person.time_zone
    )
