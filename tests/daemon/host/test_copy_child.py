"""What the copying helper copies, and what it cannot be led to."""

import os

import pytest

from daemon.host.copy_child import count
from daemon.host.helper import HelperFailed, run_helper
from tests.daemon.oddtree import differences, fields, grow

pytestmark = pytest.mark.root


def plan(tmp_path, **words):
    for name in ("stage", "target"):
        (tmp_path / name).mkdir(exist_ok=True)
    usual = {"left_out": [], "kept": [], "kept_prefixes": [], "linked": [], "idle": False}
    places = {"stage": str(tmp_path / "stage"), "target": str(tmp_path / "target")}
    return {**places, "tree": {"workspace": str(tmp_path / "tree")}, **usual, **words}


async def test_an_odd_tree_to_the_last_field(tmp_path):
    (tmp_path / "tree").mkdir()
    grow(tmp_path / "tree")
    await run_helper("copy_child", plan(tmp_path))
    assert not differences(fields(tmp_path / "tree"), fields(tmp_path / "target"))


async def test_what_is_left_out_and_what_of_it_is_kept(tmp_path):
    own = tmp_path / "tree" / ".podium"
    own.mkdir(parents=True)
    for name in ("checked-out", "init-12", "diary"):
        (own / name).write_text("")
    (tmp_path / "tree" / ".docker-root").mkdir()
    (tmp_path / "tree" / "demo").mkdir()
    words = {"left_out": [".podium", ".docker-root"], "kept": ["checked-out"]}
    await run_helper("copy_child", plan(tmp_path, **words, kept_prefixes=["init-"]))
    found = sorted(str(one.relative_to(tmp_path)) for one in (tmp_path / "target").rglob("*"))
    base = "target/.podium"
    assert found == [base, f"{base}/checked-out", f"{base}/init-12", "target/demo"]
    assert (tmp_path / base).stat().st_mode & 0o777 == 0o700


async def test_a_link_out_of_the_tree_stays_a_link(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "secret").write_text("of the host")
    (tmp_path / "tree" / "out").symlink_to(tmp_path / "secret")
    await run_helper("copy_child", plan(tmp_path))
    assert (tmp_path / "target" / "out").is_symlink()


async def test_only_files_with_several_names_and_the_folders_above_them(tmp_path):
    below = tmp_path / "tree" / "a" / "b"
    below.mkdir(parents=True)
    (below / "one").write_text("x")
    (below / "two").hardlink_to(below / "one")
    (below / "alone").write_text("y")
    below.chmod(0o750)
    counted = count(os.fsencode(tmp_path / "tree"))
    assert (counted["files"], counted["bytes"]) == (3, 3)
    await run_helper("copy_child", plan(tmp_path, linked=counted["linked"]))
    target = tmp_path / "target" / "a" / "b"
    assert sorted(one.name for one in target.iterdir()) == ["one", "two"]
    assert target.stat().st_mode & 0o777 == 0o750
    assert (target / "one").stat().st_nlink == 2


async def test_it_says_why_it_cannot(tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "one").write_text("x")
    (tmp_path / "target" / "one" / "full").mkdir(parents=True)
    with pytest.raises(HelperFailed, match="cannot overwrite directory"):
        await run_helper("copy_child", plan(tmp_path))
