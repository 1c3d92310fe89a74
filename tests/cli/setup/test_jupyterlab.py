"""JupyterLab's tree, as `podium ide build` makes it, in a root without any Python."""

import io
import json
from pathlib import Path

import pytest

from cli.setup.__main__ import CHECKOUT
from cli.setup.commands import Commands
from cli.setup.jupyterlab import KERNEL, MOUNTED
from cli.setup.npm import Npm
from cli.setup.progress import Board
from cli.setup.run import Builder
from cli.setup.sources import read
from kit.clock import FakeClock
from tests.cli.setup.built import CACHE, Built, BusyboxRoot
from wire.ides import JUPYTERLAB

SERVER = (f"{MOUNTED}/bin/python3", "-I", "-X", "utf8", f"{MOUNTED}/lab.py")


@pytest.fixture
def tree(built: Built) -> Path:
    files, board = read(CHECKOUT), Board(io.StringIO(), FakeClock())
    made = Builder(CHECKOUT, CACHE, files, built.plan, Npm(CACHE), board, Commands())
    made.build_jupyterlab()
    return CACHE / "ide" / built.plan.jupyterlab


@pytest.mark.root
def test_it_runs_where_there_is_no_python_and_no_library(tree: Path, busybox: BusyboxRoot):
    busybox.bind(tree, MOUNTED.lstrip("/"))
    told = busybox.run(*SERVER, "--version")
    assert (told.stderr, told.stdout.partition(".")[0]) == ("", "4")
    code = "import runpy, sqlite3; runpy.run_path('/ides/jupyterlab/lab.py'); import zmq, ipykernel"
    loads = busybox.run(SERVER[0], "-I", "-c", f"{code}; print(zmq.zmq_version())")
    assert loads.stderr == ""
    # a kernel on the tree's own Python: it says how it would be started
    kernel = busybox.run(f"{MOUNTED}/bin/kernel", "--version")
    assert kernel.returncode == 0, kernel.stderr


@pytest.mark.root
def test_the_page_says_that_somebody_uses_it_and_nothing_names_this_machine(tree: Path):
    page = (tree / "site/share/jupyter/lab/static/index.html").read_text()
    assert "/_supervisor/v1/active" in page
    spec = json.loads((tree / "share/jupyter/kernels/python3/kernel.json").read_text())
    assert spec["argv"][0] == f"{MOUNTED}/bin/kernel"
    assert not (tree / "site/bin").exists()
    assert (tree / "site/jupyterlab/__pycache__").is_dir(), "no start compiles it"


def test_the_lock_has_a_digest_for_every_package():
    lock = read(CHECKOUT)["cli/setup/jupyterlab.lock"].decode()
    packages = [one for one in lock.split("\n") if "==" in one]
    assert len(packages) > 50
    assert all(one.endswith("\\") for one in packages)
    assert lock.count("--hash=sha256:") >= len(packages)


def test_place_and_kernel_are_what_the_supervisor_expects():
    assert MOUNTED == JUPYTERLAB
    assert KERNEL.startswith("#!/bin/sh\n")
