"""An account that needs no root: whoever runs the tests."""

import os
from pathlib import Path

import pytest

from supervisor.host.processes import Account
from tests.supervisor.bundled import make_bundle


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(os.getuid(), os.getgid(), "me", str(tmp_path), "/bin/sh")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The supervisor's bundle of this checkout."""
    return make_bundle(tmp_path_factory.mktemp("bundle"))
