"""What restic's last words mean."""

import pytest

from daemon.core.faults import CODES
from daemon.core.restic import explain


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Fatal: unable to save snapshot: write /repository/x: no space left on device",
         "disk_full_backup"),
        ("write: disk quota exceeded", "disk_full_backup"),
        ("Fatal: wrong password or no key found", "repository_key"),
        ("Fatal: load index: invalid data returned", "repository_damaged"),
        ("Fatal: unable to open config file: Stat: no such file", "repository_damaged"),
        ("ciphertext verification failed", "repository_damaged"),
        ("Fatal: repository contains errors", "repository_damaged"),
        ("No such file or directory: '/repository/locks'", "repository_damaged"),
        ("No such file or directory: '/srv/content/x/home'", "backup_failed"),
        ("panic: index out of range", "backup_failed"),
        ("", "backup_failed"),
    ],
)  # fmt: skip
def test_known_ends(said, code):
    assert explain(said).code == code
    assert code in CODES
    assert explain(said).cure
