"""ssh access over a control plane with two people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest_asyncio

from app.sshaccess.entering import Entering
from app.sshaccess.service import SshAccess
from tests.app.workspaces.control import HOSTS, Control, open_control


def new_key(algorithm: str = "ssh-ed25519", **more: int) -> str:
    made = asyncssh.generate_private_key(algorithm, comment="me@laptop", **more)
    return made.export_public_key().decode().strip()


@dataclass
class Given:
    control: Control
    access: SshAccess
    entering: Entering


@pytest_asyncio.fixture
async def given(tmp_path: Path) -> AsyncIterator[Given]:
    async with open_control(tmp_path) as control:
        access = SshAccess(control.database, control.clock, HOSTS, 2222)
        yield Given(control, access, Entering(control.store))
