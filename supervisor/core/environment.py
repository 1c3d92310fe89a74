"""Variables of everything that runs for the person: terminals, IDE, git.

Gitpod's names stay inside a workspace, so that scripts made for it keep working.
"""

from collections.abc import Mapping
from types import MappingProxyType

from wire.agent import IDE_PORT, SSH_AGENT_SOCKET, SUPERVISOR_PORT, Desired
from wire.ides import Ide

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_FREE = frozenset({"PATH", "LANG", "EDITOR", "BROWSER"})
"""Variables of ours that a repository's file may set."""
EDITOR = "gp open -w"
BROWSER = "gp preview --external"
"""Both need a window of VS Code."""
WINDOW_SOCKET = ".podium/vscode/cli.sock"
"""Below the home: leads to VS Code's window that was used last, for its command `code`."""

_OF_THE_MACHINE = ("DOCKER_HOST", "GITPOD_CPU_COUNT", "GITPOD_MEMORY", "XDG_RUNTIME_DIR")
"""What only the inside knows; the supervisor finds it out as it starts."""


def person_environment(
    desired: Desired,
    image: Mapping[str, str],
    home: str,
    user: str,
    shell: str,
    configured: Mapping[str, str] = MappingProxyType({}),
    pictured: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Return the variables.

    `pictured` are those of the image's configuration, `image` what is so on this machine and in
    this container, `configured` those of the repository's file: they count more than the
    image's, and less than any other.
    """
    image = {**image, **{name: pictured[name] for name in _FREE if name in pictured}}
    workspace_url = desired.environment.get("GITPOD_WORKSPACE_URL", "")
    own = {
        "HOME": home,
        "USER": user,
        "LOGNAME": user,
        "SHELL": shell,
        "PATH": f"{home}/.local/bin:{image.get('PATH', PATH)}:/.supervisor/bin",
        "LANG": image.get("LANG", "C.UTF-8"),
        "TZ": image.get("TZ", ""),
        "GITPOD_WORKSPACE_ID": desired.workspace,
        "GITPOD_INSTANCE_ID": desired.instance,
        "GITPOD_OWNER_ID": desired.owner,
        "GITPOD_REPO_ROOT": desired.repository,
        "GITPOD_REPO_ROOTS": desired.repository,
        "GITPOD_WORKSPACE_CONTEXT_URL": desired.context_url,
        "GITPOD_THEIA_PORT": str(IDE_PORT),
        "THEIA_WORKSPACE_ROOT": desired.repository,
        "THEIA_SUPERVISOR_ENDPOINT": f":{SUPERVISOR_PORT}",
        "GITPOD_GIT_USER_NAME": desired.git_name,
        "GITPOD_GIT_USER_EMAIL": desired.git_email,
        "PODIUM_WORKSPACE_ID": desired.workspace,
        "PODIUM_INSTANCE_ID": desired.instance,
        **{name: image.get(name, "") for name in _OF_THE_MACHINE},
        "VSCODE_PROXY_URI": port_template(workspace_url),
        # Vite answers no name that it was not told of, and its pages come by ours
        "__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS": names_below(workspace_url),
        # no GIT_EDITOR and no VISUAL: they would count more than what a person has set
        "EDITOR": image.get("EDITOR", EDITOR if desired.ide == Ide.VSCODE else ""),
        "BROWSER": image.get("BROWSER", BROWSER if desired.ide == Ide.VSCODE else ""),
        "VSCODE_IPC_HOOK_CLI": f"{home}/{WINDOW_SOCKET}",
        "SSH_AUTH_SOCK": SSH_AGENT_SOCKET if desired.trusted else "",
    }
    foreign = {**pictured, **configured}
    filed = {name: value for name, value in foreign.items() if name not in own.keys() - _FREE}
    if "PATH" not in configured:
        filed.pop("PATH", None)  # ours is the image's already, with what is before and behind it
    every = {**own, **filed, **desired.environment}
    return {name: value for name, value in every.items() if value}


def port_template(workspace_url: str) -> str:
    """Return the address of a port, with `{{port}}` in it, as VS Code's port view wants it."""
    return workspace_url.replace("://", "://{{port}}-", 1) + "/" if workspace_url else ""


def host_of_url(desired: Desired) -> str:
    """Return the name of the workspace's host, without a port; empty when it is not told."""
    workspace_url = desired.environment.get("GITPOD_WORKSPACE_URL", "")
    return workspace_url.partition("://")[2].partition("/")[0].partition(":")[0]


def names_below(workspace_url: str) -> str:
    """Return what stands for every name beside the workspace's own, `.ws.localhost`."""
    name = workspace_url.partition("://")[2].partition("/")[0].partition(":")[0]
    return f".{name.partition('.')[2]}" if "." in name else ""
