"""`gp open` and `gp preview`: the editor's windows are asked by the supervisor."""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from supervisor.cli.client import Client, NotServed
from supervisor.cli.workspace import url_of

_LOCAL = re.compile(
    r"(?P<scheme>https?://)?(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])"
    r"(?::(?P<port>\d{1,5}))?(?=[/?#]|$)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_EDITORS = ("nano", "vim", "vi")
_PLAIN = 80
"""Port of an address that names none, as in Gitpod."""


def open_files(found: argparse.Namespace, client: Client, environment: Mapping[str, str]) -> int:
    """Open files in the editor; where nobody has it open, in one of the terminal."""
    paths = [str(Path(one).absolute()) for one in found.files]
    document = {"paths": paths, "wait": found.wait}
    try:
        client.ask("POST", "/v1/ide/open", document, seconds=None if found.wait else 10.0)
    except NotServed as error:
        if error.code != "no_window" or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise
        return _in_terminal(paths, environment)
    return 0


def _in_terminal(paths: list[str], environment: Mapping[str, str]) -> int:
    editor = next((one for name in _EDITORS if (one := shutil.which(name))), "")
    if not editor:
        raise NotServed("nobody has the editor open, and there is none for terminals here")
    return subprocess.run([editor, "--", *paths], env=dict(environment), check=False).returncode


def preview(found: argparse.Namespace, client: Client, environment: Mapping[str, str]) -> int:
    """Show an address beside the editor, or in a tab of the browser."""
    address = reachable(found.address, environment)
    if not address.startswith(("http://", "https://")):
        address = f"https://{address}"
    document = {"url": address, "external": found.external}
    try:
        client.ask("POST", "/v1/ide/preview", document)
    except NotServed as error:
        if error.code != "no_window":
            raise
        sys.stdout.write(f"Nobody has the editor open. The address is {address}\n")
    return 0


def reachable(address: str, environment: Mapping[str, str]) -> str:
    """Return an address that a browser outside can open: localhost is the workspace.

    As Gitpod's: a scheme stays as it was written, and stays away where it was left away.
    """
    local = _LOCAL.fullmatch(address)
    if local is None:
        return address
    scheme, _, rest = url_of(environment, int(local["port"] or _PLAIN)).partition("://")
    return f"{scheme}://{rest}{local['rest']}" if local["scheme"] else f"{rest}{local['rest']}"
