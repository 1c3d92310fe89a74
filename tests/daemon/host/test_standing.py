"""Trees that begin as frozen ones: in layers or whole, and what is let go when they end."""

from pathlib import Path

import pytest

from daemon.core.content import Record
from daemon.core.frozen import Frozen
from daemon.host.trees import Trees
from tests.daemon.host.test_trees import WORKSPACE
from tests.daemon.host.test_trees import trees as trees  # noqa: PLC0414 -- a fixture of its tests

pytestmark = pytest.mark.root


def begin(trees: Trees, tmp_path: Path, *, stands: bool) -> Path:
    (trees.frozen.begin("s") / "file").write_text("content")
    trees.frozen.finish(Frozen(snapshot="s", folder="demo", revision="", branch=""))
    begun = trees.begin_thawed(WORKSPACE, 0, stands=stands)
    trees.begin_home(WORKSPACE, tmp_path / "no-home")
    lower = "s" if stands else ""
    trees.finish_thawed(
        Record(workspace=WORKSPACE, opened=1, folder="demo", revision="", branch="", lower=lower)
    )
    return begun


def test_a_tree_in_layers_keeps_what_it_stands_on(trees: Trees, tmp_path: Path) -> None:
    upper = begin(trees, tmp_path, stands=True)
    assert trees.complete(WORKSPACE)
    layers = {"lower": str(trees.frozen.tree("s")), "layers": str(upper.parent)}
    assert trees.view(WORKSPACE) == trees.layers(WORKSPACE) == layers
    assert (upper / ".docker-root").is_dir()
    trees.frozen.let_go("s")
    assert trees.sweep() == 0
    assert trees.discard(WORKSPACE) > 0
    assert not trees.frozen.tree("s").exists()


def test_a_copy_keeps_nothing(trees: Trees, tmp_path: Path) -> None:
    tree = begin(trees, tmp_path, stands=False)
    assert tree == trees.tree(WORKSPACE)
    assert trees.layers(WORKSPACE) is None
    assert trees.view(WORKSPACE) == str(tree)
    trees.frozen.let_go("s")
    assert trees.sweep() > 0
    assert trees.complete(WORKSPACE)


def test_without_what_it_stands_on_there_is_no_tree(trees: Trees, tmp_path: Path) -> None:
    begin(trees, tmp_path, stands=True)
    trees.frozen.tree("s").rename(tmp_path / "elsewhere")
    assert not trees.complete(WORKSPACE)


def test_a_damaged_record_of_somebody_keeps_all_that_is_to_go(trees: Trees, tmp_path: Path) -> None:
    begin(trees, tmp_path, stands=True)
    trees.frozen.let_go("s")
    record = trees.tree(WORKSPACE).with_name("content.json")
    text = record.read_text()
    record.write_text("{")
    assert trees.sweep() == 0
    trees.open(limited=False)
    record.write_text(text)
    assert trees.complete(WORKSPACE)
