"""Frozen trees on disk: whole or not there, let go when nobody stands on them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

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
    assert trees.sweep(lambda: {"one"}) == 0
    for _workspace in range(2):
        assert trees.hold("one") is not None
    trees.release("one")
    assert trees.sweep(set) == 0  # the other one is still about to stand on it
    trees.release("one")
    assert trees.sweep(set) > 0
    assert trees.record("one") is None
    assert trees.hold("one") is None


def test_nobody_begins_to_stand_on_one_that_is_found_to_be_nobodys(tmp_path):
    trees = FrozenTrees(tmp_path / "frozen")
    trees.open()
    made(trees, "one")
    trees.let_go("one")
    asked, answer = Event(), Event()

    def users():
        asked.set()
        answer.wait()
        return ()

    with ThreadPoolExecutor(2) as threads:
        sweeping = threads.submit(trees.sweep, users)
        asked.wait()
        holding = threads.submit(trees.hold, "one")
        answer.set()
        assert holding.result() is None
        assert sweeping.result() > 0


def test_who_stands_on_one_is_looked_up_behind_who_is_about_to(tmp_path):
    trees, records = FrozenTrees(tmp_path / "frozen"), set()
    trees.open()
    made(trees, "one")
    trees.let_go("one")
    trees.hold("one")

    def users():
        records.add("one")  # the record is written, and the tree released, meanwhile
        trees.release("one")
        return set()

    assert trees.sweep(users) == 0
    assert trees.sweep(lambda: records) == 0
    assert trees.record("one") is not None


def test_a_trial_leaves_nothing(tmp_path):
    trees = FrozenTrees(tmp_path / "frozen")
    trees.open()
    (trees.begin_trial() / "left").write_text("")
    assert not any(trees.begin_trial().iterdir())
    trees.end_trial()
    trees.end_trial()
    assert not any((tmp_path / "frozen").iterdir())
