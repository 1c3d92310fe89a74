"""What of a repository exists only in a workspace."""

import msgspec
import pytest

from wire.agent import Observed
from wire.git import GitState


def test_a_supervisor_that_knows_less_is_understood():
    said = b'{"version": 1, "git": {"branch": "main", "changed": 3, "unpushed": 1}}'
    found = msgspec.json.decode(said, type=Observed)
    assert found.git == GitState(branch="main", uncommitted=3, unpushed=1)
    assert found.more_git == []


def test_a_count_that_cannot_be_is_refused():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"version": 1, "git": {"behind": -1}}', type=Observed)
