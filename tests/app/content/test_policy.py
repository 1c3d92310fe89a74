"""What the settings say of restore points."""

from app.content.policy import Policy, backs_up, policy_of
from app.content.retention import Keep
from app.settings import from_environ


def test_without_settings_it_is_the_usual() -> None:
    assert policy_of(from_environ({})) == Policy()
    none = from_environ({"PODIUM_BACKUP_EVERY": "none"})
    assert policy_of(none) == Policy(keep_deleted=0.0)
    assert not backs_up(none)


def test_settings_count() -> None:
    said = {
        "PODIUM_BACKUP_EVERY": "1m",
        "PODIUM_KEEP_POINTS": "last=3, daily=30",
        "PODIUM_KEEP_DELETED": "0s",
        "PODIUM_BACKUP_CHECK": "none",
    }
    assert policy_of(from_environ(said)) == Policy(60.0, Keep(3, 0, 30, 0), 0.0, 0.0)
