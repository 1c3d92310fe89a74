"""Frozen trees on disk: whole or not there, let go when nobody stands on them."""

from daemon.core.frozen import Frozen
from daemon.host.frozen import FrozenTrees


def made(trees, name):
    (trees.begin(name) / "file").write_text("content")
    trees.finish(Frozen(snapshot=name, folder="demo", revision="", branch=""))


def test_what_is_not_finished_is_not_there(tmp_path):
    trees = FrozenTrees(tmp_path / "frozen")
    trees.open()
    trees.begin("half")
    made(trees, "whole")
    assert trees.names() == ["whole"]
    assert trees.record("half") is None
    trees.forget("whole")  # only what is not finished
    trees.open()
    assert sorted(one.name for one in (tmp_path / "frozen").iterdir()) == ["whole"]
    assert (trees.tree("whole") / "file").read_text() == "content"
    trees.begin("half")
    trees.forget("half")
    assert not trees.tree("half").exists()


def test_one_that_was_let_go_stays_for_its_users(tmp_path):
    trees = FrozenTrees(tmp_path / "frozen")
    trees.open()
    made(trees, "one")
    trees.let_go("unknown")
    assert not trees.leaving()
    trees.let_go("one")
    assert trees.leaving()
    assert trees.names() == []
    assert trees.record("one") is not None
    assert trees.sweep({"one"}) == 0
    trees.held.add("one")
    assert trees.sweep(()) == 0
    trees.held.clear()
    assert trees.sweep(()) > 0
    assert trees.record("one") is None


def test_a_trial_leaves_nothing(tmp_path):
    trees = FrozenTrees(tmp_path / "frozen")
    trees.open()
    (trees.begin_trial() / "left").write_text("")
    assert not any(trees.begin_trial().iterdir())
    trees.end_trial()
    trees.end_trial()
    assert not any((tmp_path / "frozen").iterdir())
