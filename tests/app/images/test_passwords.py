"""A person's passwords are shown for that person's own, trusted starts, while these wait."""

from pathlib import Path

from app.images.passwords import PersonalPasswords
from app.images.port import Wanted
from app.images.tickets import Tickets
from wire.ids import InstanceId
from wire.registry import decode_passwords

ONE = InstanceId("amber-otter-4k2hw9xz1q", 1)
TWO = InstanceId("dusty-wren-f4k7q2n9xe", 1)


def wanted(instance: InstanceId, owner: str, *, trusted: bool = True) -> Wanted:
    wish = {"name": "ghcr.io/a/b"}
    url = "https://h.org/ada/demo"
    return Wanted(
        instance=instance, wish=wish, name=wish["name"], owner=owner, url=url, trusted=trusted
    )


async def of(owner: str, url: str) -> str:
    assert url == "https://h.org/ada/demo"
    return {"ada": "ghcr.io:YTpi"}.get(owner, "")


def shown(folder: Path) -> dict[str, str]:
    found = (folder / "pull").glob("*.json")
    return {one.stem: decode_passwords(one.read_bytes()) for one in found}


async def test_they_are_forgotten_with_the_wait(tmp_path: Path) -> None:
    passwords = PersonalPasswords(Tickets(tmp_path), of)
    await passwords.open(wanted(ONE, "ada"))
    await passwords.keep_only({ONE})
    assert shown(tmp_path) == {str(ONE): "ghcr.io:YTpi"}
    await passwords.keep_only({TWO})
    assert shown(tmp_path) == {}


async def test_another_person_and_an_untrusted_repository_have_none(tmp_path: Path) -> None:
    passwords = PersonalPasswords(Tickets(tmp_path), of)
    await passwords.open(wanted(TWO, "bob"))
    await passwords.open(wanted(ONE, "ada", trusted=False))
    assert shown(tmp_path) == {}
