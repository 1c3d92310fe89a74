import pytest

from supervisor.imagebuild.words import failure, plain


@pytest.mark.parametrize(
    ("lines", "code", "told"),
    [
        (
            ["E: No package x", "Error: building at STEP 2: exit status 100"],
            "step_failed",
            "STEP 2",
        ),
        (["Error: writing blob: no space left on device"], "disk_full", "no space left"),
        (["Error: writing blob: The platform's disk is full."], "disk_full", "platform's disk"),
        (
            ["Error: reading manifest 1 in r/x: manifest unknown"],
            "base_unknown",
            "manifest unknown",
        ),
        (["Error: unauthorized: authentication required"], "base_denied", "unauthorized"),
        (['Error: Unknown instruction: "RUM"'], "dockerfile_invalid", "RUM"),
        ([], "step_failed", "exit code 7"),
        (["\x1b[31mfatal: not here\x1b[0m"], "step_failed", "fatal: not here"),
    ],
)
def test_last_words_are_a_code_and_a_sentence(lines: list[str], code: str, told: str):
    found = failure(lines, 7)
    assert found.code == code
    assert told in found.detail
    assert found.digest == ""


def test_colours_are_no_words():
    assert plain("\x1b]0;title\x07\x1b[1;32mok\x1b[0m\r") == "ok"
