"""Commands of the life cycle, run by a real shell."""

import subprocess

import pytest

from supervisor.core.lifecycle import shell_all, shell_of


def run(text: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", text], capture_output=True, text=True, check=False, timeout=20
    )
    return done.returncode, done.stdout.replace("\x1b[2m", "").replace("\x1b[0m", "")


@pytest.mark.parametrize("command", [None, "", "  ", [], {}, {"a": ""}])
def test_nothing_is_nothing(command):
    assert shell_of("x", command) == ""


def test_a_text_is_a_shells_and_a_list_is_not():
    assert run(shell_of("a", "echo one && echo $((1 + 1))")) == (0, "a\none\n2\n")
    assert run(shell_of("a", ["echo", "$HOME", "a  b;c"])) == (0, "a\n$HOME a  b;c\n")


def test_a_set_runs_side_by_side_and_fails_with_any():
    both = {"one": "read x < ${D}/p; echo got $x", "two": ["sh", "-c", "echo hi > $D/p"]}
    code, said = run(f"D=$(mktemp -d); export D; mkfifo $D/p\n{shell_of('a', both)}; rm -r $D")
    assert (code, "got hi" in said, "a one" in said) == (0, True, True)
    assert run(shell_of("a", {"one": "exit 3", "two": "true"}))[0] == 3


def test_one_begins_when_the_one_before_has_ended_well():
    text = shell_all([("a", "cd /; x=1"), ("b", None), ("c", "echo ${x-none}; exit 4"), ("d", "d")])
    assert run(text) == (4, "a\nc\nnone\n")


def test_a_comment_alone_does_nothing():
    assert run(shell_of("a", "# later"))[0] == 0
