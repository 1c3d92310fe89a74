from pathlib import Path

import pytest

from cli.backup.locking import saving
from cli.problems import CommandError
from tests.cli.backup.whole import settings_of


def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with saving(settings), pytest.raises(CommandError, match="Another backup"), saving(settings):
        raise AssertionError
    with saving(settings):
        pass
