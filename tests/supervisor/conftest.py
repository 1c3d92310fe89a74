"""An account that needs no root: whoever runs the tests."""

import os
from pathlib import Path

import pytest

from supervisor.host.processes import Account


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(os.getuid(), os.getgid(), "me", str(tmp_path), "/bin/sh")
