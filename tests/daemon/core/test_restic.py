"""What restic's last words mean."""

import json

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
        ("repository: busy: another node has locked it: 0123", "repository_busy"),
        ("unable to create lock in backend: repository is already locked by PID 7 on podium-b",
         "repository_busy"),
        ("store: unreachable: objects.example.org:443: Connection refused", "store_unreachable"),
        ("Save(<data/1>) returned error\n\nstore: stalled: x has said nothing for 60 s\n",
         "store_stalled"),
        ("store: failed: Generic S3 error: ... status code: 503 Service Unavailable",
         "store_failing"),
        ("store: failed: ... 403 Forbidden: <Code>InvalidAccessKeyId</Code>", "store_denied"),
        ("store: failed: ... 404 Not Found: <Code>NoSuchBucket</Code>", "store_missing"),
        ("store: missing: Object at location data/ab/abc not found", "repository_damaged"),
        ("Fatal: unable to open config file: Stat: Access Denied.", "store_denied"),
        ("Load(<index/1>) returned error: Please reduce your request rate.", "store_failing"),
        ("Fatal: load <data/1>: The specified key does not exist.", "repository_damaged"),
        ("panic: index out of range", "backup_failed"),
        ("", "backup_failed"),
    ],
)  # fmt: skip
def test_known_ends(said, code):
    assert explain(said).code == code
    assert code in CODES
    assert explain(said).cure


@pytest.mark.parametrize(
    "name",
    [
        "503 Service Unavailable",
        "wrong password or no key found",
        "no space left on device",
        "store: stalled",
        "x\nstore: failed",
        "Access Denied",
        "ciphertext verification failed",
    ],
)
def test_a_file_is_called_what_its_owner_wants(name):
    error = {"Op": "open", "Path": f"/tree/workspace/{name}", "Err": 13}
    line = json.dumps({"message_type": "error", "error": error, "item": f"/tree/{name}"})
    assert explain(line).code == "backup_failed"
    for plain in (f"ignoring error for /{name}: permission denied", f"lchown /target/{name}: x"):
        said = f"{plain}\nFatal: There were 1 errors"
        assert not explain(said).code.startswith("store_")


def test_the_number_of_an_error_says_what_it_is_and_the_box_has_the_last_word():
    error = {"Op": "read", "Path": "/tree/a", "Err": 28}
    assert explain(json.dumps({"error": error})).code == "disk_full_backup"
    said = "ignoring error for /a: x\n\nstore: stalled: h:1 has said nothing for 1 s\n"
    assert explain(said).code == "store_stalled"
    retried = "Load(<data/00>, 0, 0) returned error, retrying: 503 Service Unavailable"
    assert explain(f"{retried}\nignoring error for /a: x").code == "store_failing"
    damaged = "ignoring error for /a: ciphertext verification failed"
    assert explain(damaged).code == "repository_damaged"
