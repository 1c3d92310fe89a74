"""VS Code's scripts, compiled before anybody starts them, are taken by the Node of a workspace."""

from pathlib import Path

import pytest

from cli.setup.ahead import ENTRY, FORK, SERVER, USER, enable
from tests.cli.setup.built import Built, BusyboxRoot

SCRIPT = f"""
process.setgid({USER}); process.setuid({USER});
process.argv.push("--version");
import("/ide/vscode/out/{ENTRY}");
"""


def test_the_servers_name_leads_to_its_script(tmp_path: Path):
    (tmp_path / ENTRY).write_text("serve()\n")
    (tmp_path / FORK).write_text("fork()\n")
    enable(tmp_path)
    entry, fork = (tmp_path / ENTRY).read_text(), (tmp_path / FORK).read_text()
    assert (tmp_path / SERVER).read_text() == "serve()\n"
    assert entry.endswith(f'await import("./{SERVER}");\n')
    assert fork.endswith("fork()\n")
    assert fork.startswith(entry.splitlines()[0])
    assert (tmp_path / "compiled").is_dir()


@pytest.mark.root
def test_what_is_kept_is_taken_where_the_tree_is_mounted(built: Built, busybox: BusyboxRoot):
    busybox.bind(built.folder("ide"), "ide")
    loud = ["/bin/busybox", "env", "NODE_DEBUG_NATIVE=COMPILE_CACHE"]
    done = busybox.run(*loud, "/ide/bin/node", "-e", SCRIPT)
    assert done.returncode == 0, done.stderr
    taken = [line for line in done.stderr.splitlines() if "was accepted" in line]
    assert any(f"/ide/vscode/out/{SERVER} " in line for line in taken), done.stderr
