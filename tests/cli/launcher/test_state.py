import os
from pathlib import Path, PurePosixPath

import pytest

from cli.launcher import identity, state
from cli.launcher.identity import Process
from wire.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(*(PurePosixPath(tmp_path / name) for name in ("home", "cache", "run")))
    Path(found.run).mkdir(parents=True)
    return found


def test_what_is_written_is_read(layout: Layout) -> None:
    own = identity.of(os.getpid())
    assert own is not None
    children = {"server": state.Child(own, 2, 1), "proxy": state.Child(None, 7, 7)}
    wanted = state.State(own, "abc", {"PODIUM_PORT": "1"}, children)
    state.write(layout, wanted)
    assert state.read(layout) == state.running(layout) == wanted
    assert wanted.children["server"].alive
    assert not wanted.children["proxy"].alive
    state.forget(layout)
    state.forget(layout)
    assert state.read(layout) is None


def test_a_launcher_that_is_gone_is_not_running(layout: Layout) -> None:
    state.write(layout, state.State(Process(os.getpid(), 1)))
    assert state.read(layout) is not None
    assert state.running(layout) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"launcher": 1}', '{"version": "1"}'])
def test_a_broken_file_is_none(layout: Layout, text: str) -> None:
    (Path(layout.run) / state.FILE).write_text(text)
    assert state.read(layout) is None
