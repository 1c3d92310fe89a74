"""The process that installs dotfiles, beside the supervisor."""

import os
import subprocess
from pathlib import Path

import pytest

from supervisor.host.dotfiles import install, left_off, there
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def reaper() -> Reaper:
    return Reaper()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", str(made)], check=True)
    return made


async def test_it_is_run_and_what_it_says_is_taken_in(
    reaper: Reaper, account: Account, repository: Path
) -> None:
    reaper.install()
    environment = {"PATH": os.environ["PATH"], "HOME": account.home, "PYTHONPATH": str(ROOT)}
    assert not there(account)
    found = await install(str(repository), reaper, account, environment)
    assert (found.said, found.failed) == ("0 files linked.", False)
    assert there(account)
    broken = await install("x", reaper, account, {**environment, "HOME": "/none"})
    assert (broken.said, broken.failed) == ("/none/.dotfiles.log: No such file or directory.", True)


def test_an_earlier_start_that_has_not_come_to_their_end_is_seen(account: Account) -> None:
    log = Path(account.home, ".dotfiles.log")
    assert not left_off(account)
    log.write_text("# running install.sh\nno such thing\n# failed: install.sh ended with 3\n")
    assert left_off(account)
    log.write_text(f"{'x' * 9000}\n# running install.sh\nhalf of wh")
    assert left_off(account), "it was cut off"
    log.write_text("# failed: x\n# began 2026-11-26 12:00:00 UTC\n# install.sh ran for 3 s.\n")
    assert not left_off(account)
    log.unlink()
    log.mkdir()
    assert not left_off(account)
