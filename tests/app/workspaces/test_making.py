"""A new workspace's row."""

import pytest

from app.faults import Malformed
from app.workspaces.making import downloads_of, row_of
from app.workspaces.repository import parse
from app.workspaces.structs import CreateWorkspace, Download
from tests.app.workspaces.control import DEMO, Control
from wire.ids import is_workspace_id


def test_it_is_the_persons_and_has_never_started(control: Control) -> None:
    wanted = CreateWorkspace(url=DEMO.url, partial=True, dotfiles=False)
    found = parse(DEMO.url, "", {"https"}, [])
    rows = [row_of(control.alice, found, wanted, 5.0, trusted=True, ide="vscode") for _ in range(2)]
    row = rows[0]
    assert is_workspace_id(row.id)
    assert row.id != rows[1].id
    assert (row.owner_id, row.url, row.n, row.content) == (control.alice.user, DEMO.url, 0, "none")
    assert (row.partial, row.dotfiles, row.trusted, row.created_at) == (True, False, True, 5.0)


def download(path: str) -> Download:
    return Download(url="https://h.org/a", path=path, digest="sha256:" + "0" * 64)


def test_files_lie_beside_the_repository() -> None:
    taken = CreateWorkspace(url=DEMO.url, downloads=[download("data/a"), download("b")])
    assert [one["path"] for one in downloads_of(taken, "demo")] == ["data/a", "b"]
    odd = (["demo/a"], ["demo"], [".podium/a"], [".podium-download"], ["a/../b"], ["a", "a"])
    for paths in (*odd, ["a", "b", "a/b"], ["\u00fc" * 200]):
        wanted = CreateWorkspace(url=DEMO.url, downloads=[download(one) for one in paths])
        with pytest.raises(Malformed) as refused:
            downloads_of(wanted, "demo")
        assert refused.value.code == "download_place"
