"""Variables that an image above changes; Gitpod's own cases are in tests/vectors."""

import pytest

from blobserve.core.modifiers import SKIP_LABEL, Modifier, SkipError, modified, modifiers, skipped


def test_what_changes_a_variable_and_what_does_not() -> None:
    found = modifiers(
        [
            "GITPOD_ENV_SET_A=1",
            "GITPOD_ENV_SET_EMPTY=",
            "GITPOD_ENV_APPEND_PATH=/ide/bin:",
            "GITPOD_ENV_APPEND_NOTHING=",
            "GITPOD_ENV_PREPEND_X_Y=tail",
            "GITPOD_ENV_DROP_A=1",
            "GITPOD_ENV_SET_",
            "GITPOD_ENV_SET_=x",
            "PATH=/bin",
        ]
    )
    assert found == [
        Modifier("A", "SET", "1"),
        Modifier("EMPTY", "SET", ""),
        Modifier("PATH", "APPEND", "/ide/bin:"),
        Modifier("X_Y", "PREPEND", "tail"),
    ]


def test_appended_is_before_and_prepended_behind() -> None:
    changes = [
        Modifier("PATH", "APPEND", "/ide/bin:"),
        Modifier("PATH", "PREPEND", ":/last"),
        Modifier("EDITOR", "SET", "code"),
        Modifier("EDITOR", "SET", "vi"),
    ]
    before = ["LANG=C", "PATH=/usr/bin", "EDITOR=nano"]
    assert modified(before, changes) == ["LANG=C", "PATH=/ide/bin:/usr/bin:/last", "EDITOR=vi"]


@pytest.mark.parametrize(("text", "count"), [("0", 0), ("3", 3), ("007", 7)])
def test_layers_to_leave_out(text: str, count: int) -> None:
    assert skipped({SKIP_LABEL: text}) == count


def test_nothing_is_left_out_without_the_label() -> None:
    assert skipped({}) == 0


@pytest.mark.parametrize("text", ["-10", "", "one", "1.5", "٣", "1" * 20])
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(SkipError):
        skipped({SKIP_LABEL: text})
