"""Whose a place in an object store is: one object says so, and nobody else writes there.

`owner.json` at the top of the place names an installation by a random id, and since when it has
been the one. A file of the installation's holds the same. A copy of the installation that goes
on elsewhere has the same id and a later moment: the place is its own from then on, and who has
stayed behind is refused. Only the standard library is imported; the calls about a store need
the library `obstore`.
"""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kit.folders import sync_folder

if TYPE_CHECKING:
    from obstore.store import S3Store

OBJECT: Final = "owner.json"
_UNKNOWN: Final = re.compile(r"status code: (?:400|501) ")
"""How a store answers a header that it does not implement."""
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Owner:
    """An installation's id, and since when it has been where it is, in whole seconds of 1970."""

    installation: str
    since: int


class OwnedByOther(Exception):
    """Somebody else's place; the text says what is known of them."""


def kept(path: Path, now: float) -> Owner:
    """Return who an installation is, by its file, which is made when it is not there.

    Raises OSError, and ValueError for a file that is damaged.
    """
    try:
        return parse(path.read_bytes())
    except FileNotFoundError:
        owner = Owner(secrets.token_hex(16), int(now))
    _write(path, owner)
    return owner


def renew(path: Path, now: float) -> Owner:
    """Let an installation go on from here: it is later than any other with its id."""
    before = kept(path, now)
    owner = Owner(before.installation, max(int(now), before.since + 1))
    _write(path, owner)
    return owner


def parse(text: bytes) -> Owner:
    """Return what a file or an object says. Raises ValueError."""
    try:
        owner = Owner(**json.loads(text))
        if _ID.fullmatch(owner.installation) and owner.since == int(owner.since):
            return owner
    except TypeError as error:
        raise ValueError("it names no installation") from error
    raise ValueError("it names no installation")


def claim(store: "S3Store", me: Owner) -> None:
    """Make sure that the place is this installation's. Raises OwnedByOther, or what the store said.

    One that nobody has is taken by a write that succeeds for one alone, where the store can
    do that, else by one that is read again.
    """
    import obstore  # noqa: PLC0415 -- helpers without it read places as well
    from obstore.exceptions import AlreadyExistsError, GenericError  # noqa: PLC0415 -- as above

    there = owner_of(store)
    if there is None:
        try:
            obstore.put(store, OBJECT, _spell(me), mode="create", use_multipart=False)
        except AlreadyExistsError:
            pass
        except GenericError as error:
            # an older store says that it does not know the condition; a write that failed for
            # another reason may have come to be, or have met another installation's
            if not _UNKNOWN.search(str(error)):
                raise
            if owner_of(store) is None:
                obstore.put(store, OBJECT, _spell(me), use_multipart=False)
        there = owner_of(store)
    if there == me:
        return
    if there is None or there.installation != me.installation:
        raise OwnedByOther(
            f"installation {there.installation if there else 'unknown'} writes there"
        )
    if there.since > me.since:
        raise OwnedByOther("this installation goes on elsewhere, restored from a backup of it")
    take_over(store, me)


def take_over(store: "S3Store", me: Owner) -> None:
    """Let the place be this installation's, whoever's it was."""
    import obstore  # noqa: PLC0415 -- as above

    obstore.put(store, OBJECT, _spell(me), use_multipart=False)


def owner_of(store: "S3Store") -> Owner | None:
    """Return whose the place is; None when nobody's. Raises OwnedByOther for what says nothing."""
    import obstore  # noqa: PLC0415 -- as above

    try:
        return parse(bytes(obstore.get(store, OBJECT).bytes()))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise OwnedByOther(f"its {OBJECT} cannot be read: {error}") from error


def _spell(owner: Owner) -> bytes:
    return json.dumps(asdict(owner)).encode() + b"\n"


def _write(path: Path, owner: Owner) -> None:
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_spell(owner))
        file.flush()
        os.fsync(descriptor)
    fresh.rename(path)
    sync_folder(path.parent)
