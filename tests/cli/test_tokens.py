from pathlib import Path, PurePosixPath

import pytest

from cli.problems import NOT_REACHABLE, CommandError
from cli.tokens import keep_token, machine_token
from wire.layout import Layout


def test_a_token_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    layout = Layout(PurePosixPath(tmp_path), PurePosixPath(tmp_path))
    keep_token(layout, "first")
    keep_token(layout, "second")
    assert machine_token(layout) == "second"
    assert Path(layout.cli_token).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["cli.token"]


def test_without_one_the_cure_is_told(tmp_path: Path) -> None:
    layout = Layout(PurePosixPath(tmp_path), PurePosixPath(tmp_path))
    with pytest.raises(CommandError) as told:
        machine_token(layout)
    assert told.value.code == NOT_REACHABLE
    assert "make up" in told.value.cure
