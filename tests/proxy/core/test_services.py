"""Requests to the platform's own services, which are counted by address."""

from proxy.core.plans import World
from proxy.core.turns import Turns
from tests.proxy.core.play import Play
from tests.proxy.world import make_world, request

ASK = request("/", "podium.localhost:8080")
FILE = request("/blobserve/x/__files__/y", "ide.localhost:8080")
LAYER = request("/v2/a/b/blobs/sha256:c", "reg.localhost:8080")


def crowded() -> World:
    made = make_world()
    return World(made.rules, made.table, turns=Turns(1))


def test_what_is_the_servers_own_is_not_there_from_outside() -> None:
    for path in ("/internal/routes", "/%69nternal/x", "/a/../agent/x"):
        play = Play(crowded())
        play.ask(request(path, "podium.localhost:8080"))
        assert play.status == 404, path


def test_images_are_counted_by_themselves_and_refused_as_registries_refuse() -> None:
    world = crowded()
    first, second = Play(world), Play(world)
    assert first.ask(LAYER) == ["Open"]
    assert Play(world).ask(FILE) == ["Open"], "an editor's files do not wait for layers"
    assert second.ask(LAYER) == ["AwaitTurn"]
    assert second.wait(31) == ["Send"]
    assert (second.status, second.sent("retry-after")) == (429, ["5"])
    assert second.sent("content-type") == ["application/json"]
    assert b'"TOOMANYREQUESTS"' in second.to_client
    assert second.records[0].code == "too_many_requests"
