"""What is written down of the platform's own backups."""

import msgspec

from wire.platformbackup import PlatformBackup, is_stale


def test_it_is_late_after_twice_its_time() -> None:
    told = PlatformBackup(tried_at=100.0, made_at=100.0, folder="/f", every=10.0)
    assert not is_stale(told, 120.0)
    assert is_stale(told, 121.0)
    assert is_stale(PlatformBackup(tried_at=100.0, folder="/f", every=10.0), 100.0)
    assert msgspec.json.decode(msgspec.json.encode(told), type=PlatformBackup) == told
