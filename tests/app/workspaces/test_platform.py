"""What pages say of the backups that Podium makes of itself."""

from pathlib import Path

import msgspec
import pytest

from app.workspaces.platform import Platform, problem_of
from wire.noderoom import NodeRoom, PlaceRoom, encoded
from wire.platformbackup import PlatformBackup

DAY = 86_400.0


class Still:
    def now(self) -> float:
        return 10 * DAY

    def monotonic(self) -> float:
        return 0.0


def told(made_at: float | None = 10 * DAY - 60, failure: str = "") -> PlatformBackup:
    return PlatformBackup(
        tried_at=10 * DAY,
        made_at=made_at,
        size=5_000_000,
        kept=3,
        folder="/mnt/safe",
        every=DAY,
        failure=failure,
    )


@pytest.mark.parametrize(
    ("backup", "code"),
    [
        (told(), None),
        (told(failure="No space left on device."), "platform_backup_failed"),
        (told(7 * DAY), "platform_backup_late"),
        (told(None), "platform_backup_late"),
    ],
)
def test_what_fails_and_what_is_late_is_a_condition(backup, code) -> None:
    problem = problem_of(backup, 10 * DAY)
    assert (None if problem is None else problem.code) == code


async def test_what_nobody_wrote_down_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "platform-backup.json"
    platform = Platform(file, Still())
    assert (await platform.backup()).backup is None
    file.write_bytes(b"{")
    assert (await platform.backup()).problem is None
    file.write_bytes(msgspec.json.encode(told()))
    assert (await platform.backup()).backup == told()


async def test_a_node_that_is_short_is_told_first(tmp_path: Path) -> None:
    file, room = tmp_path / "platform-backup.json", tmp_path / "room.json"
    platform = Platform(file, Still(), room)
    assert (await platform.backup()).problem is None
    file.write_bytes(msgspec.json.encode(told(failure="No space left on device.")))
    place = PlaceRoom(place="/content", free=1, total=9, short="/content has 1.0 MB free")
    room.write_bytes(encoded(NodeRoom(places=[place, place])))
    short = (await platform.backup()).problem
    assert short is not None
    assert short.code == "node_short"
    assert short.detail.startswith("/content has 1.0 MB free; /content")
    room.write_bytes(encoded(NodeRoom(places=[], lost="/content is not mounted")))
    lost = (await platform.backup()).problem
    assert lost is not None
    assert (lost.code, lost.detail) == ("folder_lost", "/content is not mounted")
    room.write_bytes(b"{")
    failing = (await platform.backup()).problem
    assert failing is not None
    assert failing.code == "platform_backup_failed"


async def test_workspaces_that_may_take_all_of_the_disk_are_told_of(tmp_path: Path) -> None:
    limits = tmp_path / "limits.json"
    platform = Platform(tmp_path / "platform-backup.json", Still(), limits=limits)
    assert (await platform.backup()).folders == ""
    limits.write_bytes(msgspec.json.encode({"cpu": "no controller", "disk": "enforced"}))
    assert (await platform.backup()).folders == ""
    limits.write_bytes(msgspec.json.encode({"disk": "mkfs.ext4 is missing on this machine"}))
    assert (await platform.backup()).folders == "mkfs.ext4 is missing on this machine"
    limits.write_bytes(b"[]")
    assert (await platform.backup()).folders == ""
