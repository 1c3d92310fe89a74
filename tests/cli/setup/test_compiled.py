"""The proxy's hot path as machine code goes the same ways as plain Python: talks, and sockets."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.setup.sources import read, write
from cli.setup.steps import COMPILED, compiled_from
from tests.cli.setup.built import Built

CHECKOUT = Path(__file__).resolve().parents[3]
RUN = """
import importlib, sys
import pytest
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2].split():
    assert importlib.import_module(name).__file__.endswith(".so"), name
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[3:]]))
"""


@pytest.fixture
def tree(built: Built, tmp_path: Path) -> Path:
    """Our code with the machine code before it, as the platform's copy has it."""
    write({name: content for name, content in read(CHECKOUT).items() if wanted(name)}, tmp_path)
    shutil.copytree(built.folder("compiled"), tmp_path, dirs_exist_ok=True)
    return tmp_path


THROUGH_SOCKETS = ("client", "upstream", "relay", "accesslog", "gateway", "guests", "smuggling")
"""Tests of the shell that run over the machine code as well, real bytes and all."""


def wanted(name: str) -> bool:
    return name.startswith(("proxy/", "wire/", "kit/"))


def through(tree: Path, *tests: str) -> None:
    names = " ".join(one.removesuffix(".py").replace("/", ".") for one in COMPILED)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tree), names, *tests],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_conversation_of_the_core_goes_the_same_way(tree: Path) -> None:
    through(tree, "tests/proxy/core")


def test_sockets_are_served_the_same_way(tree: Path) -> None:
    through(tree, *(f"tests/proxy/net/test_{one}.py" for one in THROUGH_SOCKETS))


def test_what_is_compiled_is_there(built: Built) -> None:
    folder = built.folder("compiled")
    found = {path.relative_to(folder).as_posix() for path in folder.glob("proxy/*/*.so")}
    assert {f"{one.partition('.')[0]}.py" for one in found} == set(COMPILED)
    assert all(compiled_from(one) for one in COMPILED)
