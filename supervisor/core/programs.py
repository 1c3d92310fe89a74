"""The server of each editor: how it is started, and where it is asked whether it answers.

All are on the IDE's port, on loopback, and ask for no password: the proxy lets nobody but the
person in, and what is inside is the person's anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from supervisor.core.ahead import NODE, SERVER
from supervisor.core.environment import host_of_url
from wire.agent import IDE_PORT, Desired
from wire.assets import static_root
from wire.ides import JUPYTERLAB, Ide


@dataclass(frozen=True, slots=True)
class Program:
    """What is run."""

    command: list[str]
    probe: str
    """Path that answers 200 to everybody as soon as it is ready."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Beside the person's."""


def kind_of(desired: Desired, *, jupyterlab: bool = True) -> Ide:
    """Return what is to run; `jupyterlab` tells whether its tree is there.

    A word that is not known is VS Code; what is not there gives way to the terminals, which
    need nothing.
    """
    if desired.ide == Ide.TERMINAL or (desired.ide == Ide.JUPYTERLAB and not jupyterlab):
        return Ide.TERMINAL
    return Ide.JUPYTERLAB if desired.ide == Ide.JUPYTERLAB else Ide.VSCODE


def program_of(kind: Ide, desired: Desired, data: str, image: str) -> Program:
    """Return the program; `data` is VS Code's folder in the home, `image` its static files'."""
    if kind is Ide.JUPYTERLAB:
        share = f"{JUPYTERLAB}/share/jupyter:{JUPYTERLAB}/site/share/jupyter"
        return Program(_jupyterlab(desired), "/api", {"JUPYTER_PATH": share})
    return Program(_vscode(desired, data), "/version", static_files(desired, image))


def static_files(desired: Desired, image: str) -> dict[str, str]:
    """Return VS Code's variables that let browsers load its static files from `image`.

    Nothing without an origin that serves it, or for a tree that does not say its image.
    """
    if not desired.assets or not image:
        return {}
    return {"VSCODE_STATIC_ROOT": static_root(desired.assets, image)}


def _vscode(desired: Desired, data: str) -> list[str]:
    """Return the argument list of VS Code's server; `data` is its folder in the home."""
    command = [
        NODE,
        SERVER,
        "--host=127.0.0.1",
        f"--port={IDE_PORT}",
        "--without-connection-token",
        "--accept-server-license-terms",
        "--telemetry-level=off",
        "--disable-getting-started-override",
        "--disable-update-check",
        f"--server-data-dir={data}",
        f"--default-folder={desired.repository or '/workspace'}",
    ]
    if desired.trusted:
        # the platform has asked already; VS Code must not ask again
        command.append("--disable-workspace-trust")
    return command


def _jupyterlab(desired: Desired) -> list[str]:
    names = ["localhost", *filter(None, [host_of_url(desired)])]
    return [
        f"{JUPYTERLAB}/bin/python3",
        "-I",
        "-X",
        "utf8",
        f"{JUPYTERLAB}/lab.py",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={IDE_PORT}",
        "--ServerApp.port_retries=0",
        "--ServerApp.base_url=/",
        f"--ServerApp.root_dir={desired.repository or '/workspace'}",
        *(f"--ServerApp.local_hostnames={one}" for one in names),
        "--ServerApp.allow_unauthenticated_access=True",
        "--ServerApp.quit_button=False",
        "--ServerApp.log_level=WARN",
        "--IdentityProvider.token=",
        f"--LabApp.app_dir={JUPYTERLAB}/site/share/jupyter/lab",
        # nothing asks the internet by itself, and nothing is installed into what is read-only
        "--LabApp.extension_manager=readonly",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
