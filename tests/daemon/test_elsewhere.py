"""A node is lost, and its workspace starts on another: the real server over two real daemons."""

from collections.abc import Iterator

import pytest

from tests.daemon.twonodes import Installation, opened, processes_of, read, write
from tests.waiting import until

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with opened(tmp_path_factory) as made:
        yield made


def reasons(both: Installation, place: str) -> set[str]:
    points = both.ask("GET", f"{place}/points")["points"]
    return {str(one["reason"]) for one in points if one["state"] == "done"}


def test_a_lost_node_is_gone_without_and_overwrites_nothing_later(both: Installation) -> None:
    both.ask("POST", "/internal/nodes/local/drain")
    made = both.ask("POST", "/api/v1/workspaces", {"url": both.here.file_url("demo")})
    workspace = made["id"]
    both.contained(workspace, 1)
    both.ask("POST", "/internal/nodes/local/take-back")
    write(both.there, workspace, "one")
    both.stopped(workspace)
    place = f"/api/v1/workspaces/{workspace}"
    both.ask("POST", f"{place}/start")
    both.contained(workspace, 2)
    write(both.there, workspace, "written after the point")
    assert processes_of(both.there)

    both.there.kill()
    until(lambda: not both.node("b")["answers"])
    # the daemon is dead, and what it ran ends even so, when its lease is over
    until(lambda: not processes_of(both.there))
    until(lambda: both.ask("GET", f"{place}/elsewhere").get("problem") is None)
    began = both.ask("POST", f"{place}/elsewhere")
    assert began["status_code"] == 202, began
    both.contained(workspace, 4)
    assert read(both.here, workspace) == "one"
    write(both.here, workspace, "two")

    both.there.start()
    until(lambda: both.node("b")["answers"])
    until(lambda: "left" in reasons(both, place))
    until(lambda: both.node("b")["left"] == 0)
    assert not processes_of(both.there)
    assert read(both.here, workspace) == "two", "nothing was overwritten"
    points = both.ask("GET", f"{place}/points")["points"]
    left = [one for one in points if one["reason"] == "left"]
    assert [(one["node"], one["state"], one["pinned"]) for one in left] == [("b", "done", True)]
    both.stopped(workspace)
    both.ask("POST", f"{place}/points/{left[0]['id']}/restore")
    until(lambda: read(both.here, workspace) == "written after the point")


def test_a_node_that_is_drained_is_empty_in_the_end(both: Installation) -> None:
    made = both.ask("POST", "/api/v1/workspaces", {"url": both.here.file_url("demo")})
    workspace = made["id"]
    both.contained(workspace, 1)
    node = {"local": both.here, "b": both.there}
    first = next(name for name in node if both.node(name)["running"])
    second = {"local": "b", "b": "local"}[first]
    write(node[first], workspace, "one")
    both.ask("POST", f"/internal/nodes/{first}/drain")
    both.contained(workspace, 3)
    assert read(node[second], workspace) == "one"
    until(lambda: both.node(first)["left"] == 0)
    both.ask("POST", f"/internal/nodes/{first}/take-back")
