"""`gp`: Gitpod's command line inside a workspace, as far as Podium has what it asks for."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from supervisor.cli import attach, credentials, ports, sync, timeout, workspace
from supervisor.cli.client import Client, NotServed
from wire.agent import LOCAL_SOCKET

Command = Callable[[argparse.Namespace, Client, Mapping[str, str]], int]


def parser() -> argparse.ArgumentParser:
    """Return the parser; each command is in `run`."""
    made = argparse.ArgumentParser(prog="gp", description="What is in this workspace.")
    commands = made.add_subparsers(title="commands", required=True, metavar="<command>")

    def add(
        group: "argparse._SubParsersAction[argparse.ArgumentParser]",
        name: str,
        run: Command,
        text: str,
        *aliases: str,
    ) -> argparse.ArgumentParser:
        one = group.add_parser(name, help=text, description=text, aliases=list(aliases))
        one.set_defaults(run=run)
        return one

    def group(name: str, text: str) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
        one = commands.add_parser(name, help=text, description=text)
        return one.add_subparsers(title="commands", required=True, metavar="<command>")

    url = add(commands, "url", workspace.url, "Print the address of the workspace, or of a port")
    url.add_argument("port", nargs="?", type=int)
    info = add(commands, "info", workspace.info, "Tell which workspace this is")
    info.add_argument("-j", "--json", action="store_true", help="as JSON")
    of_ports = group("ports", "What listens")
    add(of_ports, "list", ports.show, "List the ports").add_argument(
        "--no-color", action="store_true", help="there is none; taken for old scripts"
    )
    for found in (
        add(of_ports, "await", ports.wait, "Wait until something listens on a port"),
        add(commands, "await-port", ports.wait, "Wait until something listens on a port"),
    ):
        found.add_argument("port", type=int)
    tasks = group("tasks", "The tasks of .gitpod.yml")
    add(tasks, "list", attach.show, "List the tasks")
    one = add(tasks, "attach", attach.attach, "Show a task's terminal here; Ctrl+\\ leaves it")
    one.add_argument("id", nargs="?", help="as `gp tasks list` tells it; not needed for one task")
    patience = group("timeout", "How long the workspace runs while nobody uses it")
    add(patience, "show", timeout.show, "Show the timeout")
    add(patience, "set", timeout.choose, "Set the timeout of this workspace").add_argument(
        "duration", help="30m, 2h or 1h30m, at most 24h; or none"
    )
    add(patience, "extend", timeout.extend, "Set the timeout to three hours")
    add(commands, "sync-done", sync.done, "Tell who waits with sync-await").add_argument("name")
    add(commands, "sync-await", sync.wait, "Wait for sync-done of this name").add_argument("name")
    # git's own call, not a person's; Gitpod's name
    of_git = add(commands, "credential-helper", credentials.helper, "Answer git's questions")
    of_git.add_argument("operation")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    found = parser().parse_args(arguments)
    client = Client(os.environ.get("PODIUM_LOCAL_SOCKET", LOCAL_SOCKET))
    run: Command = found.run
    try:
        return run(found, client, os.environ)
    except NotServed as error:
        sys.stderr.write(f"gp: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # whoever read has read enough; Python must not complain when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
