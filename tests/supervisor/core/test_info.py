"""Which workspace this is, in Gitpod's words."""

import pytest

from supervisor.core.info import info, repository
from tests.supervisor.samples import wish

ENVIRONMENT = {
    "GITPOD_HOST": "https://podium.example.org",
    "GITPOD_WORKSPACE_CLUSTER_HOST": "ws.example.org",
    "GITPOD_WORKSPACE_URL": "https://amber-otter-k3v9x2m7qd.ws.example.org",
    "GITPOD_WORKSPACE_CLASS": "standard",
    "GITPOD_IDE_ALIAS": "code",
}


def test_places_and_addresses_are_told() -> None:
    desired = wish(
        repository="/workspace/demo",
        context_url="https://h.org/group/sub/demo.git",
        environment=ENVIRONMENT,
    )
    told = info(desired, "/home/gitpod")
    assert (told["workspaceId"], told["instanceId"]) == (desired.workspace, desired.instance)
    assert (told["checkoutLocation"], told["workspaceLocationFolder"]) == (
        "demo",
        "/workspace/demo",
    )
    assert told["gitpodHost"] == "https://podium.example.org"
    assert told["gitpodApi"] == {
        "endpoint": "https://podium.example.org/api/v1",
        "host": "podium.example.org",
    }
    assert told["repository"] == {"owner": "group/sub", "name": "demo"}
    assert (told["userHome"], told["ownerId"]) == ("/home/gitpod", desired.owner)
    assert (told["workspaceClass"], told["idePort"]) == ({"id": "standard"}, 23000)


def test_what_was_not_told_is_empty() -> None:
    told = info(wish(environment={}, context_url=""), "/root")
    assert told["gitpodApi"] == {"endpoint": "", "host": ""}
    assert told["repository"] == {"owner": "", "name": ""}


@pytest.mark.parametrize(
    ("address", "owner", "name"),
    [
        ("https://h.org/ada/engine", "ada", "engine"),
        ("git@h.org:ada/engine.git", "ada", "engine"),
        ("ssh://git@h.org:22/ada/engine.git/", "ada", "engine"),
        ("file:///srv/git/engine", "srv/git", "engine"),
    ],
)
def test_owner_and_name(address: str, owner: str, name: str) -> None:
    assert repository(address) == {"owner": owner, "name": name}
