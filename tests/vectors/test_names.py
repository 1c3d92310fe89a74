"""W and MM: ids, hosts and repositories by their names."""

from collections.abc import Callable

import pytest

from app.faults import Malformed
from app.workspaces.contexturl import split
from app.workspaces.repository import Repository, parse
from wire.hosts import Hosts, IdeHost, PortHost
from wire.ids import is_workspace_id

HOSTS = Hosts.of("https://podium.example", "eu.podium-content.example")
ID = "moccasin-ferret-155799b3"
LINK = "https://gray-grasshopper-nfbitfia.ws.eu.podium-content.example"


def read(url: str) -> Repository | None:
    try:
        return parse(url, "", {"https", "ssh"}, [])
    except Malformed:
        return None


def named(url: str, repository: str, clone: str) -> bool:
    found = read(url)
    return found is not None and (found.repository, found.url) == (repository, clone)


ROWS: dict[str, Callable[[], bool]] = {
    "W1": lambda: (
        HOSTS.parse(f"{ID}.ws.eu.podium-content.example") == IdeHost(ID)
        and HOSTS.parse(f"3000-{ID}.ws.eu.podium-content.example") == PortHost(ID, 3000)
        and HOSTS.parse(f"webview-3000-{ID}.ws.eu.podium-content.example") is None
        and HOSTS.parse(f"{ID}.ws.other.example") is None
    ),
    "W3": lambda: not is_workspace_id("8b2ca3f0-9d2e-4a1c-155-2b8f0b6d2c11"),
    "W5": lambda: (
        HOSTS.parse(LINK.removeprefix("https://")) == IdeHost("gray-grasshopper-nfbitfia")
        and split(f"{LINK}/#passedin=test%20value/https://github.com/a/b").address
        == "https://github.com/a/b"
    ),
    "MM1": lambda: named(
        "https://gitlab.com/hello-group/my-subgroup/my-sub-subgroup/my-cool-project.git",
        "gitlab.com/hello-group/my-subgroup/my-sub-subgroup/my-cool-project",
        "https://gitlab.com/hello-group/my-subgroup/my-sub-subgroup/my-cool-project",
    ),
    "MM3": lambda: named(
        "https://foo.bar.com:12345/scm/proj/repoName.git",
        "foo.bar.com:12345/scm/proj/repoName",
        "https://foo.bar.com:12345/scm/proj/repoName",
    ),
    "MM11": lambda: (
        all(
            read(url)
            for url in (
                "https://b.com/repo.git",
                "blib@a.b:g/g",
                "ssh://login@server.com:12345/~/repository.git",
                "git@ssh.dev.azure.com:v3/a/b/b",
            )
        )
        and read("git://gitlab.com/x/y") is None
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_names(row: str) -> None:
    assert ROWS[row]()
