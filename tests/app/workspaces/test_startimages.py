"""A start has one token for its image, of its person, until it ends."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
import pytest_asyncio

from app.faults import Conflict, Missing
from app.images.tickets import Tickets
from app.runtime.port import Refused
from app.workspaces.artefacts import Artefacts
from app.workspaces.startimages import StartImages, additions_of, base_of
from tests.app.workspaces.control import HOSTS, Control
from wire.ids import InstanceId
from wire.phases import Phase
from wire.registry import decode_image, same_token

ARTEFACTS = Artefacts(
    supervisor="5" * 20, vscode="1" * 20, image="d" * 20, full="f" * 20, jupyterlab="2" * 20
)
DIGEST = f"sha256:{'0' * 64}"


@pytest_asyncio.fixture
async def images(control: Control, tmp_path: Path) -> StartImages:
    async def passwords(_owner: str, _url: str) -> str:
        return "registry.example:eA=="

    tickets = Tickets(tmp_path / "registry")
    return StartImages(control.store, HOSTS, tickets, lambda: ARTEFACTS, passwords)


async def test_a_token_until_the_start_ends(
    control: Control, images: StartImages, tmp_path: Path
) -> None:
    made = await control.create()
    with pytest.raises(Conflict):
        await images.open(control.alice, made.id)
    async with control.reconciling():
        await control.run(made.id)
        for other in (control.bob, control.stranger):
            with pytest.raises(Missing):
                await images.open(other, made.id)
        first = await images.open(control.alice, made.id)
        assert first.image == f"reg.localhost:8080/instance/{made.id}.1:latest"
        second = await images.open(control.alice, made.id)
        document = tmp_path / f"registry/instance/{made.id}.1.json"
        held = decode_image(document.read_bytes())
        assert held is not None
        assert same_token(second.password, held.token)
        assert not same_token(first.password, held.token)
        assert second.password.encode() not in document.read_bytes()
        assert held.base == f"podium/default:{'fake'}"
        assert held.passwords == "", "an untrusted repository's start asks with nobody's"
        await images.end_over()
        assert document.exists(), "it runs"
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        await images.end_over()
        assert not document.exists()
        with pytest.raises(Conflict):
            await images.open(control.alice, made.id)


async def test_a_pods_node_pulls_with_a_token_for_this_one_image(
    control: Control, images: StartImages, tmp_path: Path
) -> None:
    made = await control.create()
    instance = InstanceId(made.id, 1)
    async with control.reconciling():
        await control.contained(made.id)
        [(registry, login)] = json.loads(await images.pull(instance, "reg.example:5000"))[
            "auths"
        ].items()
        user, _, token = b64decode(login["auth"]).decode().partition(":")
        document = tmp_path / f"registry/instance/{instance}.json"
        held = decode_image(document.read_bytes())
        assert held is not None
        assert (registry, user) == ("reg.example:5000", "podium")
        assert same_token(token, held.token)
        await images.end_over()
        assert document.exists(), "what is made is pulled just now"
        await control.run(made.id)
        await control.service.stop(control.alice, made.id)
        await control.at(made.id, Phase.STOPPED)
        for over in (instance, InstanceId(made.id, 2), InstanceId("amber-otter-0000000000", 1)):
            with pytest.raises(Refused):
                await images.pull(over, "reg.example:5000")
        await images.end_over()
        assert not document.exists()


async def test_what_nobody_ended_is_ended_by_looking(images: StartImages, tmp_path: Path) -> None:
    Tickets(tmp_path / "registry").open_instance("amber-otter-4k2hw9xz1q.3", "x", [])
    await images.end_over()
    assert Tickets(tmp_path / "registry").instances() == set()


def test_what_an_image_is_made_of() -> None:
    assert base_of({}, ARTEFACTS) == f"podium/default:{'d' * 20}"
    assert base_of({"name": "x", "digest": "f" * 20}, ARTEFACTS) == f"podium/full:{'f' * 20}"
    foreign = {"name": "x", "digest": DIGEST, "source": "127.0.0.1_5000/team/app"}
    assert base_of(foreign, ARTEFACTS) == f"127.0.0.1:5000/team/app@{DIGEST}"
    built = {"digest": DIGEST, "source": f"built/{'b' * 64}"}
    assert base_of(built, ARTEFACTS) == f"built/{'b' * 64}@{DIGEST}"
    assert additions_of({}, ARTEFACTS) == [
        f"supervisor/{'5' * 20}",
        f"ide/{'1' * 20}",
        f"jupyterlab/{'2' * 20}",
    ]
    assert additions_of({"code": "9" * 20}, ARTEFACTS)[1] == f"ide/{'9' * 20}"
