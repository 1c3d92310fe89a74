"""The key file costs nothing to open, and opens with its own password alone."""

import asyncio
import json

import pytest

from tests.daemon.restics import KEY

pytestmark = pytest.mark.root


async def test_a_fresh_repository_has_one_cheap_key(place):
    await place.repositories.start(KEY)
    (file,) = (place.repository / "keys").iterdir()
    key = json.loads(file.read_text())
    assert (key["kdf"], key["N"], key["r"], key["p"]) == ("scrypt", 1024, 8, 1)
    # restic itself reads it, anywhere, with the password alone
    secret = place.folder / "password"
    for text, code in ((KEY.key, 0), ("ab" * 31, 1)):
        secret.write_text(text)
        words = ["restic", "-r", place.repository, "--no-cache", "-p", secret, "snapshots"]
        process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
        assert await process.wait() == code
