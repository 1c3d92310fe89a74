"""`podium`: the platform's processes, and workspaces from the command line.

Exit codes: 0 done, 1 it did not work (title, cause and cure on stderr), 2 wrong
usage, 3 the platform does not answer.
"""

import os
import sys
from argparse import REMAINDER, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping

from cli.backup import commands as whole
from cli.backup import store
from cli.commands import (
    archiving,
    gitaccess,
    ides,
    imagebuilds,
    images,
    nodes,
    orphans,
    points,
    sharing,
    snapshots,
    ssh,
    workspaces,
)
from cli.commands.client import Client
from cli.launcher import commands as launcher
from cli.launcher import proxy
from cli.launcher.status import status
from cli.problems import USAGE, CommandError
from cli.settings import Settings
from kit.env import SettingError

CODES = """\
exit codes:
  0  done
  1  it did not work; title, cause and cure are on stderr
  2  wrong usage
  3  the platform does not answer
"""
PLACES = """\
Up, down, status, reload, login-link, node, orphans, backup, restore and store are for the machine
that Podium runs on, as root.
Workspace commands work there too; elsewhere set PODIUM_URL and PODIUM_TOKEN.
"""
IDE_CHOICES = "see `podium ide list`: vscode, jupyterlab, terminal, vscode-desktop, zed, …"
VERBS = {
    "show": "show a workspace",
    "start": "start a stopped workspace",
    "archive": "keep a stopped workspace as its restore point; a start brings it back",
    "stop": "stop a workspace; its files are kept",
    "delete": "delete a workspace with all its files",
    "logs": "print what has happened to a workspace",
    "image": "print the image of a running workspace, and with what podman may pull it",
}
_ORPHANS = "what lies on this node and the database does not ask for; adopt or remove it"
_PLAIN = {
    "up": launcher.up,
    "down": launcher.down,
    "login-link": launcher.login_link,
    "reload": launcher.reload,
}
_TOLD = {
    "backup": whole.backup,
    "restore": whole.restore,
    "proxy": proxy.run,
    "store": store.run,
    "orphans": orphans.run,
}
"""Commands of this machine: those that take no words, and those that do."""


def parser() -> ArgumentParser:
    """Return the grammar of the command line."""
    top = ArgumentParser(
        prog="podium",
        description="A git URL becomes a workspace in the browser.\n\n" + PLACES,
        epilog=CODES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    verbs.add_parser("up", help="start the platform, print its URL and a sign-in link")
    verbs.add_parser("down", help="stop the platform; running workspaces keep running")
    shown = verbs.add_parser("status", help="tell what runs")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    verbs.add_parser("reload", help="begin the proxy anew, without dropping what it has in work")
    admin = "what the proxy of this machine knows: its state, where hosts lead, metrics"
    proxy.add(verbs.add_parser("proxy", help=admin, description=admin))
    verbs.add_parser("login-link", help="print a sign-in link that works once")
    whole.add_backup(
        verbs.add_parser("backup", help=whole.ABOUT_BACKUP, description=whole.ABOUT_BACKUP)
    )
    whole.add_restore(
        verbs.add_parser("restore", help=whole.ABOUT_RESTORE, description=whole.ABOUT_RESTORE)
    )
    store.add(verbs.add_parser("store", help=store.ABOUT, description=store.ABOUT))
    orphans.add(verbs.add_parser("orphans", help=_ORPHANS, description=orphans.ABOUT))
    launch = verbs.add_parser("launcher")  # what `up` detaches; not listed without a help text
    launch.add_argument("--sockets", default="", help="listening sockets that are handed over")
    launch.add_argument("--lock", type=int, help="descriptor of the launcher's lock")
    nodes.add(verbs.add_parser("node", help=nodes.ABOUT, description=nodes.ABOUT))
    editors = "list what workspaces may open with, or build one of them"
    ides.add(verbs.add_parser("ide", help=editors, description=editors, epilog=PLACES))
    built = "builds of images that your workspaces wait for; the installation's own images"
    imagebuilds.add(verbs.add_parser("image", help=built, description=built, epilog=PLACES))
    workspace = verbs.add_parser(
        "workspace",
        help="create, list, show, start, stop and delete workspaces, share their ports, "
        "set their timeout",
        description=PLACES,
        epilog=CODES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    _add_actions(workspace)
    links = "links that let people without an account use one port of a workspace"
    sharing.add(verbs.add_parser("port", help=links, description=links, epilog=PLACES))
    kept = "files of a workspace for others, or yourself, to begin with"
    snapshots.add(verbs.add_parser("snapshot", help=kept, description=kept, epilog=PLACES))
    access = "your tokens, ssh key and known hosts for git"
    gitaccess.add(verbs.add_parser("git-access", help=access, description=access, epilog=PLACES))
    keys = "public keys that let you into your workspaces by ssh"
    ssh.add(verbs.add_parser("ssh-keys", help=keys, description=keys, epilog=PLACES))
    tunnel = "carry ssh into a workspace: a ProxyCommand for ~/.ssh/config"
    proxying = verbs.add_parser("ssh-proxy", help=tunnel, description=tunnel, epilog=PLACES)
    proxying.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    return top


def _add_actions(workspace: ArgumentParser) -> None:
    actions = workspace.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="open a repository in a new workspace")
    create.add_argument("url", metavar="URL", help="https://…, ssh://…, or file://… on the machine")
    create.add_argument(
        "--ref", default="", metavar="R", help="branch, tag or commit; else the default branch"
    )
    create.add_argument(
        "--trust",
        action="store_true",
        help="trust the authors of the repository: its settings and tasks may run. Without it "
        "VS Code opens restricted",
    )
    create.add_argument(
        "--partial",
        action="store_true",
        help="leave old versions of files on the git host until somebody looks at them",
    )
    create.add_argument(
        "--download",
        action="append",
        nargs=3,
        default=[],
        metavar=("URL", "PATH", "DIGEST"),
        help="begin with a file below /workspace too: sha256:… is its digest; may be repeated",
    )
    create.add_argument(
        "--no-dotfiles", action="store_true", help="install none of your dotfiles in it"
    )
    create.add_argument(
        "--ide", metavar="IDE", help="what it opens with; else what you have chosen in Settings"
    )
    listing = actions.add_parser("list", help="list workspaces")
    one_of = {name: actions.add_parser(name, help=text) for name, text in VERBS.items()}
    for one in one_of.values():
        one.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    one_of["delete"].add_argument("--yes", action="store_true", help="do not ask")
    one_of["logs"].add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    ports = actions.add_parser("ports", help="list a workspace's ports, or share one")
    ports.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    ports.add_argument("port", metavar="PORT", nargs="?", type=int, help="the port to change")
    timeout = actions.add_parser("timeout", help="show or set after which idle time it stops")
    timeout.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    timeout.add_argument(
        "timeout",
        metavar="TIMEOUT",
        nargs="?",
        help="30m, 2h or 1h30m, at most 24h; none; default: as for all of your workspaces",
    )
    ide = actions.add_parser("ide", help="show or choose what it opens with, also while it runs")
    ide.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    ide.add_argument("ide", metavar="IDE", nargs="?", help=IDE_CHOICES)
    points.add(actions)
    into = actions.add_parser("ssh", help="open a shell in a workspace, or run a command there")
    into.add_argument("id", metavar="ID", help="its id, or the beginning of it")
    into.add_argument("words", metavar="WORDS", nargs=REMAINDER, help="what ssh is told besides")
    who = ports.add_mutually_exclusive_group()
    for name, text in (("public", "anybody who has the address"), ("private", "only you")):
        shared = f"let {text} use it"
        who.add_argument(
            f"--{name}", dest="visibility", action="store_const", const=name, help=shared
        )
    ports.add_argument(
        "--protocol", choices=("http", "https"), help="what the server behind it speaks"
    )
    one_of["start"].add_argument(
        "--elsewhere",
        action="store_true",
        help="on another node than its own, which is lost, from its last restore point",
    )
    for one in (create, one_of["start"], one_of["stop"], one_of["archive"], one_of["delete"]):
        one.add_argument("--wait", action="store_true", help="return when it is done")
    for name in ("stop", "delete"):
        one_of[name].add_argument(
            "--force", action="store_true", help="give it up at once, whatever its node says"
        )
    for one in (create, listing, ports, timeout, ide, *one_of.values()):
        if one is not one_of["logs"]:
            one.add_argument("--json", action="store_true", help="print one JSON object")


def run(settings: Settings, arguments: Namespace) -> int:
    """Run a command; returns its exit code."""
    plain = _PLAIN.get(arguments.verb)
    if plain is not None:
        return plain(settings)
    told = _TOLD.get(arguments.verb)
    if told is not None:
        return told(settings, arguments)
    match arguments.verb:
        case "status":
            return status(settings, as_json=arguments.json)
        case "launcher":
            return launcher.launch(settings, arguments.lock, arguments.sockets)
        case "node":
            return nodes.run(settings, arguments)
        case "ide" if arguments.action == "build":
            return ides.build(settings, arguments)
        case "image" if arguments.action == "export":
            return images.export(settings, arguments)
        case _:
            return _of_person(Client.of(settings), arguments)


def _of_person(client: Client, arguments: Namespace) -> int:
    """Run a command that speaks to the public API."""
    match arguments.verb:
        case "ide":
            return ides.show(client, as_json=arguments.json)
        case "image":
            return imagebuilds.run(client, arguments)
        case "git-access":
            return gitaccess.run(client, arguments)
        case "port":
            return sharing.run(client, arguments)
        case "snapshot":
            return snapshots.run(client, arguments)
        case "ssh-keys":
            return ssh.run(client, arguments)
        case "ssh-proxy":
            return ssh.proxy(client, arguments)
        case _:
            return _APART.get(arguments.action, workspaces.run)(client, arguments)


_APART: Mapping[str, Callable[[Client, Namespace], int]] = {
    "archive": archiving.run,
    "ssh": ssh.shell,
    **dict.fromkeys(points.ACTIONS, points.run),
}
"""Of the workspace commands those that are told apart from the others."""


def main() -> int:
    """Read the settings and the command line, and run."""
    arguments = parser().parse_args()
    try:
        return run(Settings.from_environ(os.environ), arguments)
    except CommandError as error:
        print(error.text(), file=sys.stderr)
        return error.code
    except SettingError as error:
        print(f"podium: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `podium workspace list | head`
        sys.stdout = open(os.devnull, "w", encoding="ascii")  # noqa: PTH123, SIM115 - until the exit
        return 141


if __name__ == "__main__":
    sys.exit(main())
