"""The IDE tree: VS Code's server out of code-server's package, and a Node of its own.

The package holds VS Code below lib/vscode with a shrink-wrap of its dependencies; only
these are installed, not code-server's wrapper. The tree is mounted at /ide in workspaces
of any image, so Node brings its loader and libraries.
"""

import base64
import hashlib
import json
import shutil
from pathlib import Path

from cli.setup.ahead import enable, fill
from cli.setup.debs import LOADER, gather_libraries, relocate, search_path, unpack
from cli.setup.mend import OtherVersionError, mend
from cli.setup.npm import Npm
from cli.setup.progress import Step
from cli.setup.prune import modules, prune

MOUNTED = "/ide"
EXTENSION = "/.supervisor/site/supervisor/vscode"
_LIBRARIES = [
    "libc6",
    "libstdc++6",
    "libgcc-s1",
    # of the module that signs in to proxies by Kerberos
    "libgssapi-krb5-2",
    "libkrb5-3",
    "libk5crypto3",
    "libcom-err2",
    "libkrb5support0",
    "libkeyutils1",
    "libssl3",
]
_NODE_OF_SCRIPTS = "${NODE_EXEC_PATH:-$ROOT/lib/node}"


def build(step: Step, npm: Npm, pin: bytes, image: str, fresh: Path) -> None:
    """Make bin/node, lib/ and vscode/ from the package that `pin`, a JSON document, names.

    `image` is the name under which browsers get the tree's static files.
    """
    vscode = fresh / "vscode"
    _fetch(step, npm, json.loads(pin), fresh)
    for folder in (vscode, vscode / "extensions"):
        npm.run(step, ["ci", "--omit=dev", "--legacy-peer-deps", "--silent"], folder)
    prune(vscode)
    _mend_scripts(vscode / "bin")
    try:
        mend(vscode / "out")
    except OtherVersionError as error:
        raise step.failure(str(error)) from error
    enable(vscode / "out")
    (fresh / "image").write_text(image)
    unpacked = fresh / ".unpacked"
    unpack(step, _LIBRARIES, unpacked, fresh)
    gather_libraries(unpacked, fresh / "lib")
    shutil.rmtree(unpacked)
    # ours is a part of the bundle: a change of it builds no VS Code
    (vscode / "extensions/podium").symlink_to(EXTENSION)
    (fresh / "bin").mkdir()
    step.run(["strip", "--strip-debug", "-o", str(fresh / "bin/node"), str(npm.node)])
    relocate(step, fresh / "bin/node", f"{MOUNTED}/lib/{LOADER}")
    search_path(step, modules(vscode), f"{MOUNTED}/lib")
    fill(step, fresh)
    # npm keeps the owners of its archives, who may be anybody on this machine
    step.run(["chown", "-R", "--no-dereference", "0:0", str(fresh)])
    step.run(["chmod", "-R", "u+rwX,go+rX,go-w", str(fresh)])


def _fetch(step: Step, npm: Npm, pinned: dict[str, str], fresh: Path) -> None:
    wanted = f"{pinned['package']}@{pinned['version']}"
    npm.run(step, ["pack", wanted, "--silent"], fresh)
    (archive,) = fresh.glob("*.tgz")
    got = integrity(archive)
    if got != pinned["integrity"]:
        raise step.failure(f"{wanted} is not what cli/setup/ide.json pins, but {got}")
    (fresh / "vscode").mkdir()
    inside = ["--strip-components=3", "package/lib/vscode"]
    step.run(["tar", "-xzf", str(archive), "-C", str(fresh / "vscode"), "--no-same-owner", *inside])
    archive.unlink()


def integrity(archive: Path) -> str:
    """Return the digest of a file in npm's notation."""
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha512").digest()
    return f"sha512-{base64.b64encode(found).decode()}"


def _mend_scripts(folder: Path) -> None:
    """Let `code` in a terminal find our Node; the package expects code-server's place of it."""
    for script in folder.rglob("*"):
        if script.is_file() and not script.is_symlink():
            text = script.read_text()
            if _NODE_OF_SCRIPTS in text:
                script.write_text(text.replace(_NODE_OF_SCRIPTS, f"{MOUNTED}/bin/node"))
                script.chmod(0o755)
    command = folder / "remote-cli/code"
    command.unlink(missing_ok=True)
    command.symlink_to("code-server")
