"""What is wrong with an image, seen in a root of a test."""

import os
import time

import pytest

from supervisor.core.login import HANGS
from supervisor.host.processes import Account
from supervisor.host.soundness import Soundness
from wire.phases import Condition

HOME = "/home/me"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "workspace").mkdir()
    return tmp_path


def sound(root, uid=None) -> Soundness:
    uid = os.getuid() if uid is None else uid
    return Soundness(Account(uid, uid, "me", HOME, "/bin/sh"), lambda: None, root=str(root))


def test_user_and_home_are_made_where_they_are_not(root):
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh")
    one = sound(root)
    one.ensure_user()
    one.ensure_user()
    assert (root / "etc/passwd").read_text().splitlines()[1:] == [
        "gitpod:x:33333:33333::/home/gitpod:/bin/sh"
    ]
    assert (root / "etc/group").read_text() == "gitpod:x:33333:\n"
    assert (root / "home/me").is_dir()
    assert one.look() is False
    assert one.conditions == {}


def test_files_that_cannot_be_written_are_told(root):
    (root / "etc").rmdir()
    one = sound(root)
    one.ensure_user()
    assert one.look()
    assert "/etc/passwd cannot be written" in one.conditions[Condition.USER_UNUSUAL]


@pytest.mark.root
def test_a_home_of_somebody_else_is_told(root):
    (root / "home/me").mkdir(parents=True)
    one = sound(root, uid=33333)
    assert one.look()
    assert "is not yours to write" in one.conditions[Condition.HOME_READ_ONLY]
    os.chown(root / "home/me", 33333, 33333)
    assert one.look()
    assert one.conditions == {}


def test_a_home_that_is_not_there_is_told(root):
    one = sound(root)
    one.look()
    assert "cannot be looked at" in one.conditions[Condition.HOME_READ_ONLY]


def test_startup_files_count_by_the_time_of_their_change(root):
    news = []
    (root / "home/me").mkdir(parents=True)
    one = sound(root)
    one._changed = lambda: news.append(1)
    one.shell_ended(time.monotonic(), typed=False)
    assert (Condition.SHELL_ENDS in one.conditions, news) == (True, [1])
    (root / "home/me/.bashrc").touch()
    assert one.look()
    assert one.conditions == {}


def test_startup_files_that_hold_up_tasks_are_told_until_they_are_others(root):
    (root / "home/me").mkdir(parents=True)
    one = sound(root)
    one.shell_hung()
    assert one.conditions == {Condition.SHELL_HANGS: HANGS}
    (root / "home/me/.profile").touch()
    assert one.look()
    assert one.conditions == {}
