"""What was started ahead becomes only what a new process would be."""

import pytest

from supervisor.core.ahead import NODE, SERVER, told

COMMAND = [NODE, SERVER, "--port=1"]
BEGUN = {"PATH": "/bin", "LANG": "C.UTF-8"}


def test_it_is_told_its_words_its_folder_and_its_variables():
    environment = {**BEGUN, "PATH": "/usr/bin", "HOME": "/home/gitpod"}
    words = told(COMMAND, "/workspace/demo", environment, BEGUN)
    assert words == {
        "arguments": ["--port=1"],
        "cwd": "/workspace/demo",
        "environment": environment,
    }


def test_another_program_is_started_anew():
    assert told(["/bin/sleep", "1"], "/", BEGUN, BEGUN) == {}
    assert told([NODE, "other.js"], "/", BEGUN, BEGUN) == {}


@pytest.mark.parametrize(
    "more", [{"NODE_OPTIONS": "--inspect"}, {"LD_PRELOAD": "a.so"}, {"LANG": "de_DE.UTF-8"}]
)
def test_what_programs_read_as_they_start_must_be_the_same(more):
    assert told(COMMAND, "/", {**BEGUN, **more}, BEGUN) == {}
