"""Host keys are made once, closed to others, and told as Gitpod tells them."""

from pathlib import Path

import asyncssh
import pytest

from proxy.ssh.hostkeys import ALGORITHMS, load_or_make, told


def test_they_are_made_once_and_kept(tmp_path: Path) -> None:
    made = load_or_make(tmp_path)
    again = load_or_make(tmp_path)
    assert told(made) == told(again)
    assert [one["type"] for one in told(made)] == list(ALGORITHMS)
    assert all(one["host_key"].startswith("AAAA") for one in told(made))
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {0o600}
    assert len(list(tmp_path.iterdir())) == len(ALGORITHMS)


def test_a_broken_one_is_no_reason_to_make_another(tmp_path: Path) -> None:
    """Clients would take the new one for somebody else's: a person has to look."""
    (tmp_path / "host_ed25519").write_text("broken")
    with pytest.raises(asyncssh.KeyImportError):
        load_or_make(tmp_path)
