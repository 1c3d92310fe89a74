"""What V8 makes of VS Code's server is kept beside it, so that no start compiles it again.

Each start of a workspace runs the same 1.6 MB of script, and its extension host three more.
Node can keep what was compiled, by the place of a script relative to the folder of what is kept:
so it is made while the tree is built, and found at /ide. A Node of another version, or another
kind of processor, does not take it and compiles by itself.
"""

import os
from pathlib import Path
from typing import Final

from cli.setup.debs import LOADER
from cli.setup.progress import Step

ENTRY: Final = "server-main.js"
SERVER: Final = "server-script.js"
"""Name of the server's script, whose own name is now the entry's."""
FORK: Final = "bootstrap-fork.js"
_FOLDER: Final = "compiled"
USER: Final = 33333
"""Node keeps it by user id: that of who runs the IDE."""
_EXTENSION_HOST: Final = "vs/workbench/api/node/extensionHostProcess"
_KEEP: Final = (
    'import { enableCompileCache } from "node:module";\n'
    f'enableCompileCache({{ directory: import.meta.dirname + "/{_FOLDER}", portable: true }});\n'
)
_SCRIPT: Final = Path(__file__).with_suffix(".mjs")


def enable(out: Path) -> None:
    """Let the server and what it forks use what is kept below `out`, VS Code's folder."""
    (out / ENTRY).rename(out / SERVER)
    (out / ENTRY).write_text(f'{_KEEP}await import("./{SERVER}");\n')
    fork = (out / FORK).read_text()
    (out / FORK).write_text(_KEEP + fork)
    (out / _FOLDER).mkdir()


def fill(step: Step, tree: Path) -> None:
    """Run the server and an extension host once, and keep what was compiled."""
    out = tree / "vscode" / "out"
    home = tree / ".home"
    home.mkdir()
    for folder in (home, out / _FOLDER):
        os.chown(folder, USER, USER)
    node = [
        *["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"],
        # the binary looks for its loader at /ide
        *[str(tree / "lib" / LOADER), "--library-path", str(tree / "lib")],
        *[str(tree / "bin/node"), f"--import={_SCRIPT}"],
    ]
    socket = str(home / "socket")
    server = [
        *[str(out / ENTRY), "--socket-path", socket, "--server-data-dir", str(home / "data")],
        *["--without-connection-token", "--accept-server-license-terms", "--telemetry-level=off"],
    ]
    plain = {"PATH": os.defpath, "HOME": str(home)}
    step.run([*node, *server], environment={**plain, "PODIUM_SOCKET": socket})
    host = {"VSCODE_ESM_ENTRYPOINT": _EXTENSION_HOST, "VSCODE_EXTHOST_WILL_SEND_SOCKET": "true"}
    step.run([*node, str(out / FORK)], environment={**plain, **host})
    step.run(["rm", "-r", str(home)])
