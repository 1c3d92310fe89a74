"""A fresh repository costs nothing to open, opens with its own password alone, and is restic's."""

import asyncio
import json

import pytest

from daemon.host import restic_key
from tests.daemon.restics import KEY

pytestmark = pytest.mark.root
KNOWN = (0x3B548206E55FC5, 0x25B468838DCB75)
"""Polynomials of repositories that restic has made."""


async def test_a_fresh_repository_has_one_cheap_key(place):
    await place.repositories.start(KEY)
    (file,) = (place.repository / "keys").iterdir()
    key = json.loads(file.read_text())
    assert (key["kdf"], key["N"], key["r"], key["p"]) == ("scrypt", 1024, 8, 1)
    # restic itself reads it, anywhere, with the password alone
    secret = place.folder / "password"
    for text, code in ((KEY.key, 0), ("ab" * 31, 1)):
        secret.write_text(text)
        assert (await asked(place, secret, "snapshots"))[0] == code
    secret.write_text(KEY.key)
    assert (await asked(place, secret, "check"))[0] == 0
    _, config = await asked(place, secret, "cat", "config")
    assert json.loads(config)["version"] == 2


async def asked(place, secret, *words):
    """Return the code that restic ends with, and what it prints."""
    base = ["restic", "-q", "-r", place.repository, "--no-cache", "-p", secret]
    process = await asyncio.create_subprocess_exec(
        *base, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    printed, _ = await process.communicate()
    return process.returncode, printed


def test_a_polynomial_is_irreducible():
    """restic refuses a repository with another one."""
    assert {restic_key._power(one) for one in KNOWN} == {restic_key._X}
    assert restic_key._power(KNOWN[0] ^ 0b110) != restic_key._X
    found = {restic_key._polynomial() for _ in range(3)}
    assert len(found) == 3
    assert {one.bit_length() for one in found} == {54}
