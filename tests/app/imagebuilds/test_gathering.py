"""Features come with what they need; what cannot be had is told, and the rest is installed."""

import json
from typing import Any

import pytest

from app.imagebuilds.features import LAYER
from app.imagebuilds.gathering import Gathered, Gatherer
from app.images.facade import Answer, NotToBeHad
from kit.oci.core.digests import digest_of
from kit.oci.core.media import OCI_MANIFEST
from tests.app.imagebuilds.test_features import packed
from wire.phases import Condition

HOST = "ghcr.io/x"


class Features:
    """A facade with features."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.away = 0
        """How often nobody answers, from now on."""

    def add(self, name: str, kind: str = LAYER, **said: Any) -> None:
        layer = packed(said, **{"install.sh": "true"})
        config = {
            "mediaType": "application/vnd.devcontainers",
            "digest": digest_of(b"{}"),
            "size": 2,
        }
        described = {"mediaType": kind, "digest": digest_of(layer), "size": len(layer)}
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": config,
            "layers": [described],
        }
        self.bodies[f"/v2/{HOST}/{name}/manifests/1"] = json.dumps(manifest).encode()
        self.bodies[f"/v2/{HOST}/{name}/blobs/{digest_of(layer)}"] = layer

    def get(self, target: str, instance: str, most: int, accept: str = "*/*") -> Answer:
        self.asked.append((target, instance))
        assert accept
        assert most
        if self.away:
            self.away -= 1
            raise NotToBeHad(Condition.IMAGE_UNREACHABLE, "Nobody answers.", away=True)
        if target not in self.bodies:
            raise NotToBeHad(Condition.IMAGE_UNKNOWN, "It is nowhere.")
        return Answer("", self.bodies[target])

    async def gather(
        self, *names: str, first: tuple[str, ...] = (), pauses: tuple[float, ...] = ()
    ) -> Gathered:
        wished = {f"{HOST}/{name}:1" if "/" not in name else name: {} for name in names}
        return await Gatherer(self, pauses).gather(wished, first, "i.1")


def short(gathered: Gathered) -> list[str]:
    return [one.reference.removeprefix(f"{HOST}/").partition(":")[0] for one in gathered.features]


async def test_a_feature_comes_with_what_it_needs():
    features = Features()
    features.add("app", dependsOn={f"{HOST}/lib:1": {"size": 2}})
    features.add("lib", options={"size": {"default": 1}, "kind": {"default": "a"}})
    found = await features.gather("app")
    assert short(found) == ["lib", "app"]
    assert found.told == ""
    lib = found.features[0]
    assert (lib.variables["SIZE"], lib.variables["KIND"]) == ("2", "a")
    assert (lib.source, lib.size) == ("ghcr.io/x/lib", len(features.bodies[features.asked[-1][0]]))
    assert {instance for _target, instance in features.asked} == {"i.1"}


async def test_what_is_missing_is_told_with_whatever_needs_it():
    features = Features()
    features.add("app", dependsOn={f"{HOST}/gone:1": {}})
    features.add("above", dependsOn={f"{HOST}/app:1": {}})
    features.add("other")
    found = await features.gather("above", "other")
    assert short(found) == ["other"]
    assert "ghcr.io/x/gone:1 is not installed: It is nowhere." in found.told
    assert "ghcr.io/x/app:1 is not installed: it needs ghcr.io/x/gone:1." in found.told
    assert "ghcr.io/x/above:1 is not installed: it needs ghcr.io/x/app:1." in found.told


@pytest.mark.parametrize(
    "name", ["./local", "node/x", "https://h.org/feature.tgz", "ghcr.io/../x", "ghcr.io/X Y"]
)
async def test_only_features_of_registries_are_installed(name: str):
    found = await Features().gather(name)
    assert not found.features
    assert f"The feature {name} is not installed" in found.told


async def test_what_is_no_feature_is_told():
    features = Features()
    features.add("image", kind="application/vnd.oci.image.layer.v1.tar")
    features.add("lie")
    blob = next(one for one in features.bodies if "/lie/blobs/" in one)
    features.bodies[blob] += b"x"
    found = await features.gather("image", "lie")
    assert not found.features
    assert "it is no feature" in found.told
    assert "sent something else" in found.told


async def test_a_registry_that_is_away_is_waited_for_once():
    features = Features()
    features.away = 9
    found = await features.gather("one", "two", "127.0.0.1:5000/x/three:1")
    assert len(features.asked) == 2
    assert found.told.count("is not installed: Nobody answers.") == 3
    assert found.away


async def test_a_registry_that_comes_back_has_given_everything():
    features = Features()
    features.add("one")
    features.away = 2
    found = await features.gather("one", "gone", pauses=(0.0, 0.0))
    assert short(found) == ["one"]
    assert "gone:1 is not installed: It is nowhere." in found.told
    assert not found.away


async def test_a_circle_installs_nothing():
    features = Features()
    features.add("a", dependsOn={f"{HOST}/b:1": {}})
    features.add("b", dependsOn={f"{HOST}/a:1": {}})
    found = await features.gather("a")
    assert not found.features
    assert "in a circle" in found.told
