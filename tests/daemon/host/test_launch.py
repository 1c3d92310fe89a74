"""The bundle of a container: what is written where, and what is not."""

import json
from pathlib import Path

import pytest

from daemon.core.classes import limits_of
from daemon.core.network import Slot
from daemon.host import launch
from daemon.host.launch import Order, Places
from daemon.host.runtimes import OciRuntime, RuntimeFailed

pytestmark = pytest.mark.root
SLOT = Slot("1a2b3c", 7)


@pytest.fixture
def places(tmp_path) -> Places:
    return Places(tmp_path / "run", tmp_path / "layer", tmp_path / "logs" / "w" / "1.log")


@pytest.fixture
def order(tmp_path) -> Order:
    return Order(
        instance="w.1",
        hostname="w",
        slot=SLOT,
        userns=tmp_path / "userns",
        netns=tmp_path / "netns",
        cgroup="/podium_1a2b3c/w.1",
        limits=limits_of("small"),
        image=tmp_path / "image",
        idmapped={"/workspace": tmp_path / "tree", "/home/gitpod": tmp_path / "home"},
        layered={},
        shown={"/ide": tmp_path / "ide"},
        secret_folders={"server": tmp_path / "agent"},
        files={"token": "very-secret"},
        resolvers=["1.1.1.1"],
    )


async def test_a_bundle_is_written_and_holds_no_secret(tmp_path, places, order):
    false = OciRuntime("crun", "/bin/false", "", tmp_path / "state", ())
    with pytest.raises(RuntimeFailed, match="FileNotFoundError"):
        await launch.launch(order, places, tmp_path / "stage", false, {})
    text = (places.run / "config.json").read_text()
    assert "very-secret" not in text
    targets = {one["destination"]: one for one in json.loads(text)["mounts"]}
    stage = tmp_path / "stage"
    assert targets["/workspace"]["source"] == str(stage / "workspace")
    assert targets["/home/gitpod"]["source"] == str(stage / "home-gitpod")
    assert "ro" in targets["/ide"]["options"]
    assert "noexec" in targets["/run/podium"]["options"]
    assert targets["/dev/net/tun"]["source"] == str(stage / "devices" / "dev-net-tun")
    etc = places.layer / "upper" / "etc"
    assert (etc / "resolv.conf").read_text().startswith("nameserver 1.1.1.1\n")
    assert (etc / "hostname").read_text() == "w\n"
    assert {one.stat().st_uid for one in [etc, *etc.iterdir()]} == {SLOT.first_id}
    assert places.layer.stat().st_mode & 0o777 == 0o700
    assert "very-secret" not in "".join(
        one.read_text() for one in tmp_path.rglob("*") if one.is_file()
    )


async def test_an_older_layer_is_not_used_again(tmp_path, places, order):
    (places.layer / "upper" / "usr").mkdir(parents=True)
    false = OciRuntime("crun", "/bin/false", "", tmp_path / "state", ())
    with pytest.raises(RuntimeFailed):
        await launch.launch(order, places, tmp_path / "stage", false, {})
    assert not (places.layer / "upper" / "usr").exists()
    assert isinstance(places.state, Path)
