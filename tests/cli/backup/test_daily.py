"""The backup that Podium makes by itself: when, how many, and what is told of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from cli.backup import daily
from cli.settings import Settings
from tests.cli.backup.whole import installed, settings_of

DAY = 86_400.0
NOW = 1_800_000_000.0


def test_one_is_due_when_the_newest_is_old_or_of_a_clock_that_was_set_back() -> None:
    assert daily.due([], DAY, NOW)
    assert daily.due([NOW - DAY], DAY, NOW)
    assert daily.due([NOW + 60], DAY, NOW)
    assert not daily.due([NOW - DAY + 1], DAY, NOW)
    assert not daily.due([NOW + 60, NOW - DAY + 1], DAY, NOW)


def test_a_clock_that_jumps_takes_no_backup_away() -> None:
    names = ["podium-20260101-000000.tar.zst", "podium-20260102-000000.tar.zst"]
    early, late = (daily.made_at(name) or 0.0 for name in names)
    assert daily.superfluous(names, 1, late) == [names[0]]
    assert daily.superfluous(names, 1, early) == []  # the newer one is of a time to come


def test_the_newest_are_kept_and_other_files_are_nobodys_business() -> None:
    ours = [f"podium-2026010{day}-000000.tar.zst" for day in range(1, 6)]
    others = ["notes.txt", "podium-1.tar.zst", ".podium-20260101-000000.tar.zst.new"]
    assert daily.superfluous([*others, *ours], 3, NOW) == [ours[1], ours[0]]
    assert daily.superfluous(ours, 7, NOW) == []


def test_a_name_says_when() -> None:
    assert daily.made_at("podium-19700102-000001.tar.zst") == DAY + 1
    assert daily.made_at("podium-19709902-000001.tar.zst") is None
    assert daily.made_at("notes.txt") is None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return installed(settings_of(tmp_path, "root", PODIUM_PLATFORM_BACKUPS_KEPT="2"))


@pytest.mark.root
def test_it_is_made_when_due_and_the_oldest_goes(settings: Settings) -> None:
    folder = Path(settings.layout.platform_backups)
    folder.mkdir(mode=0o700, parents=True)
    (folder / "podium-20260101-000000.tar.zst.new").write_text("what a kill has left")
    first = daily.once(settings, NOW)
    assert first is not None
    assert (first.failure, first.kept, first.made_at) == ("", 1, NOW)
    assert first.size == (folder / first.file).stat().st_size
    assert [one.name for one in folder.iterdir()] == [first.file]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert Path(settings.layout.platform_backup).stat().st_mode & 0o777 == 0o644
    assert daily.once(settings, NOW + 60) is None
    assert daily.read(settings) == first
    for day in (1, 2):
        told = daily.once(settings, NOW + day * DAY)
    assert told is not None
    assert (told.kept, told.made_at) == (2, NOW + 2 * DAY)
    assert first.file not in [one.name for one in folder.iterdir()]


@pytest.mark.root
def test_one_that_fails_is_told_and_tried_again(settings: Settings, tmp_path: Path) -> None:
    assert daily.once(settings, NOW) is not None
    key = Path(settings.layout.master_key)
    key.rename(tmp_path / "key")
    failed = daily.once(settings, NOW + DAY)
    assert failed is not None
    assert "master.key" in failed.failure
    assert (failed.kept, failed.made_at) == (1, NOW)
    (tmp_path / "key").rename(key)
    again = daily.once(settings, NOW + DAY + 60)
    assert again is not None
    assert (again.failure, again.kept) == ("", 2)


@pytest.mark.root
def test_a_clock_that_was_set_back_makes_one_and_no_more(settings: Settings) -> None:
    ahead = daily.once(settings, NOW + 30 * DAY)
    told = daily.once(settings, NOW)
    assert ahead is not None
    assert told is not None
    assert (told.kept, told.made_at) == (2, NOW)
    assert daily.once(settings, NOW + 600) is None


@pytest.mark.root
def test_one_that_cannot_be_removed_is_told_and_makes_no_more_of_them(settings: Settings) -> None:
    for day in (0, 1):
        daily.once(settings, NOW + day * DAY)
    oldest = min(Path(settings.layout.platform_backups).iterdir())
    oldest.unlink()
    oldest.mkdir()  # nobody can unlink it
    told = daily.once(settings, NOW + 2 * DAY)
    assert told is not None
    assert oldest.name in told.failure
    assert told.made_at == NOW + 2 * DAY
    assert daily.once(settings, NOW + 2 * DAY + 600) is None


@pytest.mark.root
def test_a_folder_that_is_not_there_is_not_made(settings: Settings, tmp_path: Path) -> None:
    elsewhere = replace(settings, save_folder=str(tmp_path / "mount" / "backups"))
    told = daily.once(elsewhere, NOW)
    assert told is not None
    assert "is no folder" in told.failure
    assert told.made_at is None
    (tmp_path / "mount" / "backups").mkdir(parents=True)
    again = daily.once(elsewhere, NOW)
    assert again is not None
    assert again.failure == ""


def test_none_is_none(tmp_path: Path) -> None:
    off = settings_of(tmp_path, PODIUM_PLATFORM_BACKUP="none")
    assert daily.once(off, NOW) is None
    assert daily.read(off) is None
