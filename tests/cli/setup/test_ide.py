import http.client
import os
import signal
import subprocess
from pathlib import Path

import pytest

from cli.setup.ide import _mend_scripts, integrity
from tests.cli.setup.built import Built, BusyboxRoot
from tests.waiting import until

SERVER = ("/ide/bin/node", "/ide/vscode/out/server-main.js")
QUIET = ("--without-connection-token", "--accept-server-license-terms", "--telemetry-level", "off")
NATIVE = (
    "const fs = require('fs'); let n = 0;"
    "for (const m of ['node-pty', '@vscode/spdlog', '@parcel/watcher', '@vscode/sqlite3'])"
    " { require('/ide/vscode/node_modules/' + m); n++ } console.log(n)"
)


def test_an_archive_has_npms_digest(tmp_path: Path):
    archive = tmp_path / "empty.tgz"
    archive.touch()
    assert integrity(archive).startswith(
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP"
    )


def test_the_command_in_a_terminal_finds_our_node(tmp_path: Path):
    folder = tmp_path / "remote-cli"
    folder.mkdir()
    script = folder / "code-server"
    script.write_text('"${NODE_EXEC_PATH:-$ROOT/lib/node}" "$CLI_SCRIPT" "$@"\n')
    (folder / "code-linux.sh").symlink_to("code-server")
    (folder / "other.sh").write_text("echo\n")
    _mend_scripts(tmp_path)
    assert script.read_text() == '"/ide/bin/node" "$CLI_SCRIPT" "$@"\n'
    assert os.access(script, os.X_OK)
    assert (folder / "code").readlink() == Path("code-server")


def test_nobody_but_root_may_change_the_tree(built: Built):
    tree = built.folder("ide")
    for path in (tree, *tree.rglob("*")):
        status = path.lstat()
        assert status.st_uid == status.st_gid == 0, path
        assert path.is_symlink() or not status.st_mode & 0o022, path


@pytest.mark.root
def test_native_modules_load_in_a_root_that_has_no_library(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("ide"), "ide")
    done = busybox.run("/ide/bin/node", "-e", NATIVE)
    assert done.stderr == ""
    assert done.stdout == "4\n"


@pytest.mark.root
async def test_the_server_answers_in_a_root_of_busybox_alone(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("ide"), "ide")
    where = ("--host", "127.0.0.1", "--port", "0", "--server-data-dir", "/tmp/data")
    server = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs in this loop
        busybox.command(*SERVER, *where, *QUIET),
        env={"PATH": "/bin:/usr/sbin:/usr/bin", "HOME": "/tmp"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = next(line for line in server.stdout if "listening on" in line)
        port = int(said.split()[-1])
        assert await until(lambda: status(port), timeout=30) == 200
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        assert server.stdout is not None
        server.stdout.close()


def status(port: int) -> int:
    """Status of a GET, 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
