import gzip
import io
import json
import shutil
from pathlib import Path

import pytest

from cli.setup.bundle import build_supervisor
from cli.setup.commands import Commands
from cli.setup.progress import Board, Step
from kit.clock import FakeClock
from tests.cli.setup.built import Built, BusyboxRoot

CHECKOUT = Path(__file__).resolve().parents[3]
PYTHON = ("/.supervisor/bin/python3", "-I", "-S", "-X", "utf8")
FIRST = (
    "supervisor/core/__init__.py",
    "supervisor/core/ahead.py",
    "supervisor/host/__init__.py",
    "supervisor/host/ahead.py",
    "supervisor/host/idelog.py",
)
"""What the first process loads before everything else, and all that it needs for that."""
IMPORTS = "import ssl, json, asyncio, pty, fcntl, ctypes, hashlib, lzma, bz2, uuid, termios"


@pytest.fixture
def bundle(built: Built, tmp_path: Path) -> Path:
    """A bundle of the cached Python with a supervisor that only tells what it sees."""
    python, fresh = tmp_path / "python", tmp_path / "bundle"
    shutil.copytree(built.folder("python"), python, symlinks=True)
    fresh.mkdir()
    seen = (
        b"import json, sys\nimport msgspec, websockets\nimport wire.ids\n\n\n"
        b"def main(ahead: object) -> None:\n"
        b"    assert ahead is None\n"
        b"    cached = all(m.__cached__ for m in (msgspec, wire.ids))\n"
        b"    print(json.dumps([sys.executable, sys.flags.isolated, wire.ids.WORD, cached]))\n"
    )
    files = {
        "supervisor/__init__.py": b"",
        "supervisor/__main__.py": seen,
        "wire/__init__.py": b"",
        "wire/ids.py": b"WORD = 'bundled'\n",
        "wire/proto/node_pb2.py": b"raise SystemExit",
        "kit/log.py": b"raise SystemExit",
    }
    lock = "supervisor/requirements.lock"
    for name in (lock, *FIRST):
        files[name] = (CHECKOUT / name).read_bytes()
    files["frontend/terminals/index.html"] = b'<script src="{{web}}/start.js"></script>'
    files["frontend/terminals/js/start.js"] = b'import { Terminal } from "../vendor/xterm.js";\n'
    board = Board(io.StringIO(), FakeClock())
    with Step("Bundle", tmp_path / "log", board, Commands()) as step:
        build_supervisor(step, python, built.folder("web"), files, fresh)
    return fresh


@pytest.mark.root
def test_python_runs_in_a_root_that_has_no_library(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("python"), ".supervisor")
    done = busybox.run(*PYTHON, "-c", f"{IMPORTS}\nprint(ssl.OPENSSL_VERSION)")
    assert done.stderr == ""
    assert done.stdout.startswith("OpenSSL 3")


@pytest.mark.root
def test_it_can_start_itself_and_others(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("python"), ".supervisor")
    script = (
        "import os, subprocess, sys, asyncio\n"
        "print(subprocess.check_output([sys.executable, '-c', 'print(1)'], text=True).strip())\n"
        "print(subprocess.check_output(['/bin/sh', '-c', 'echo 2'], text=True).strip())\n"
        "pid = os.fork()\n"
        "if pid == 0: os._exit(3)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        "async def main():\n"
        "    one = await asyncio.create_subprocess_exec('/bin/busybox', 'true')\n"
        "    print(await one.wait() + 4)\n"
        "asyncio.run(main())\n"
    )
    done = busybox.run(*PYTHON, "-c", script)
    assert done.stderr == ""
    assert done.stdout.split() == ["1", "2", "3", "4"]


@pytest.mark.root
def test_certificates_come_along(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("python"), ".supervisor")
    script = (
        "import ssl\ncontext = ssl.create_default_context(cafile="
        "'/.supervisor/etc/ssl/certs/ca-certificates.crt')\n"
        "print(len(context.get_ca_certs()))"
    )
    assert int(busybox.run(*PYTHON, "-c", script).stdout) > 100


@pytest.mark.root
def test_the_supervisor_starts_from_the_bundle(bundle: Path, busybox: BusyboxRoot):
    busybox.bind(bundle, ".supervisor")
    done = busybox.run(*PYTHON, "/.supervisor/site/boot.py")
    assert done.stderr == ""
    assert json.loads(done.stdout) == ["/.supervisor/bin/python3", 1, "bundled", True]


@pytest.mark.root
def test_gp_and_the_reader_of_gitpod_yml_work_without_any_library(
    built: Built, busybox: BusyboxRoot
):
    busybox.bind(built.folder("supervisor"), ".supervisor")
    usage = busybox.run("/.supervisor/bin/gp", "url")
    assert "this is no terminal of a workspace" in usage.stderr
    script = (
        "import sys; sys.path.insert(0, '/.supervisor/site'); import os; os.chdir('/tmp')\n"
        "open('/tmp/.gitpod.yml', 'w').write('tasks: [{name: one, command: [1]}]')\n"
        "from supervisor.reader import read\nprint(read('/tmp', {}).told())"
    )
    told = busybox.run(*PYTHON, "-c", script)
    assert told.stderr == ""
    assert told.stdout.startswith(".gitpod.yml line 1, tasks[0].command: is a list")


@pytest.mark.root
def test_only_what_the_supervisor_needs_is_bundled(bundle: Path):
    site = bundle / "site"
    assert {"supervisor", "wire", "websockets", "msgspec", "boot.py"} <= names(site)
    assert not (site / "wire/proto").exists()
    assert not (site / "kit").exists()
    stdlib = names(bundle / "lib/python3.11")
    assert not {"test", "tkinter", "idlelib", "ensurepip", "lib2to3"} & stdlib


@pytest.mark.root
def test_the_terminals_page_is_in_it(bundle: Path):
    (folder,) = [one for one in (bundle / "web").iterdir() if one.is_dir()]
    assert (
        f'src="/_supervisor/web/{folder.name}/start.js"' in (bundle / "web/index.html").read_text()
    )
    script = gzip.decompress((folder / "start.js.gz").read_bytes())
    assert script == b'import { Terminal } from "./xterm.js";\n'
    assert (folder / "xterm.js.gz").exists()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
