"""Startup files that end the shell."""

import pytest

from supervisor.core.login import SOON, Login

FILES, OTHERS = (1.0, 2.0), (1.0, 3.0)


def test_a_shell_that_ends_at_once_is_not_started_that_way_again():
    login = Login("/bin/bash")
    assert login.command(FILES) == ["/bin/bash", "-l"]
    login.ended(0.1, FILES, typed=False)
    assert login.broken(FILES)
    assert login.command(FILES) == ["/bin/bash", "--noprofile", "--norc"]
    assert login.command(OTHERS) == ["/bin/bash", "-l"], "they have been changed"


def test_a_person_who_leaves_is_no_broken_file():
    login = Login("/bin/bash")
    login.ended(0.1, FILES, typed=True)
    login.ended(SOON + 1, FILES, typed=False)
    assert not login.broken(FILES)


@pytest.mark.parametrize(
    ("shell", "words"),
    [("/bin/sh", []), ("/usr/bin/zsh", ["--no-rcs"]), ("/usr/bin/fish", ["--no-config"])],
)
def test_each_shell_has_its_own_words_for_it(shell, words):
    login = Login(shell)
    login.ended(0.1, FILES, typed=False)
    assert login.command(FILES) == [shell, *words]


def test_files_that_hold_up_tasks_are_told_and_still_read():
    login = Login("/bin/bash")
    assert not login.hangs(FILES)
    login.hung(FILES)
    assert (login.hangs(FILES), login.hangs(OTHERS)) == (True, False)
    assert login.command(FILES) == ["/bin/bash", "-l"]
