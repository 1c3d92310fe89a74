"""The commands of `gp` as a table: what each is called, takes, and which function runs it.

Functions are named by text and loaded when they are called: a command waits for its own
modules alone. Help and completions are made of the same table. What only old scripts use is
hidden: it works, and nobody is told of it.
"""

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple

from supervisor.cli.client import Client

Run = Callable[[argparse.Namespace, Client, Mapping[str, str]], int]


class Word(NamedTuple):
    """An argument; `more` is what argparse takes for it."""

    names: tuple[str, ...]
    help: str
    more: Mapping[str, Any] = MappingProxyType({})


class Command(NamedTuple):
    """One command; `run` is `module:function` below supervisor.cli."""

    path: str
    run: str
    text: str
    words: tuple[Word, ...] = ()
    aliases: tuple[str, ...] = ()
    hidden: bool = False

    def load(self) -> Run:
        """Return the function."""
        module, _, name = self.run.partition(":")
        found: Run = getattr(import_module(f"supervisor.cli.{module}"), name)
        return found


def _word(name: str, text: str, **more: Any) -> Word:
    return Word((name,), text, more)


def _flag(text: str, *names: str) -> Word:
    return Word(names, text, {"action": "store_true"})


_JSON = _flag("as JSON", "-j", "--json")
_NO_COLOR = _flag("there is none; taken for old scripts", "--no-color")
_PORT = _word("port", "its number", type=int)
_ANYTHING = _word("rest", "whatever it takes", nargs=argparse.REMAINDER)
_EXPOSED = (
    _word("local", "the port that listens", type=int),
    _word("target", "the number to open; local + 1 by default", nargs="?", type=int),
    _flag("tell the server that it is asked as localhost", "-r", "--rewrite-host-header"),
)
_ADDRESS = _word("address", "http or https; localhost leads to the port's own")

GROUPS: Mapping[str, str] = {
    "dotfiles": "Your own repository of settings",
    "ports": "What listens, and who may open it",
    "tasks": "The tasks of .gitpod.yml or devcontainer.json",
    "timeout": "How long the workspace runs while nobody uses it",
}
COMMANDS: tuple[Command, ...] = (
    Command("info", "workspace:info", "Tell which workspace this is", (_JSON,)),
    Command(
        "url",
        "workspace:url",
        "Print the address of the workspace, or of a port",
        (_word("port", "its number", nargs="?", type=int),),
    ),
    Command(
        "open",
        "editor:open_files",
        "Open files in the editor",
        (
            _word("files", "paths", nargs="+", metavar="file"),
            _flag("return when they are closed", "-w", "--wait"),
        ),
    ),
    Command(
        "preview",
        "editor:preview",
        "Show an address beside the editor",
        (_ADDRESS, _flag("in a tab of the browser", "--external")),
    ),
    Command("ports list", "ports:show", "List the ports", (_JSON, _NO_COLOR)),
    Command("ports await", "ports:wait", "Wait until something listens on a port", (_PORT,)),
    Command("await-port", "ports:wait", "Wait until something listens on a port", (_PORT,)),
    Command(
        "ports expose",
        "expose:expose",
        "Let a port that only listens inside be opened under another number",
        _EXPOSED,
        aliases=("forward",),
    ),
    Command(
        "ports visibility",
        "ports:visibility",
        "Make a port private, or public for everybody",
        (_word("wish", "3000:public or 3000:private", metavar="port:visibility"),),
    ),
    Command(
        "ports protocol",
        "ports:protocol",
        "Say what a port speaks",
        (_word("wish", "3000:http or 3000:https", metavar="port:protocol"),),
    ),
    Command("tasks list", "attach:show", "List the tasks", (_JSON, _NO_COLOR)),
    Command(
        "tasks attach",
        "attach:attach",
        "Show a task's terminal here; Ctrl+\\ leaves it",
        (
            _word("id", "as `gp tasks list` tells it; not needed for one task", nargs="?"),
            _flag("it is; taken for old scripts", "-i", "--interactive"),
            _flag("who types decides the size; taken for old scripts", "-r", "--force-resize"),
        ),
    ),
    Command(
        "tasks stop",
        "tasks:stop",
        "End a task with its terminal",
        (
            _word("id", "as `gp tasks list` tells it; not needed for one task", nargs="?"),
            _flag("all of them", "-a", "--all"),
            _flag("let it count as ended well", "-f", "--force-success"),
        ),
    ),
    Command(
        "env",
        "env:env",
        "Show, set and unset your variables",
        (
            _word("words", "NAME=value to set, NAME to unset", nargs="*", metavar="NAME=value"),
            _flag("print lines that a shell can read", "-e", "--export"),
            _flag("unset", "-u", "--unset"),
            Word(
                ("-s", "--scope"),
                "for this repository (the default), or for all of yours",
                {"choices": ("repo", "user"), "default": "repo"},
            ),
            _JSON,
        ),
    ),
    Command("timeout show", "timeout:show", "Show the timeout", (_JSON,)),
    Command(
        "timeout set",
        "timeout:choose",
        "Set the timeout of this workspace",
        (_word("duration", "30m, 2h or 1h30m, at most 24h; or none"),),
    ),
    Command("timeout extend", "timeout:extend", "Set the timeout to three hours"),
    Command("top", "top:top", "Show processor, memory and processes", (_JSON, _NO_COLOR)),
    Command(
        "init",
        "initialise:init",
        "Write a .gitpod.yml with what this repository seems to need",
        (_flag("ask for the image", "-i", "--interactive"),),
    ),
    Command(
        "validate",
        "validate:validate",
        "Read the repository's file as the next start would, and tell its faults",
        (
            _JSON,
            _flag("needs trial runs", "--prebuild"),
            _flag("needs trial runs", "--headless"),
            Word(("--from",), "needs trial runs", {"choices": ("prebuild", "snapshot")}),
            Word(("--log",), "how much is said; taken for old scripts", {"metavar": "level"}),
        ),
        aliases=("rebuild",),
    ),
    Command(
        "dotfiles install",
        "dotfiles:install",
        "Bring what is new of your dotfiles and run their script once more",
        (_JSON,),
    ),
    Command("ssh", "workspace:ssh", "Print the command that signs in from your machine"),
    Command("stop", "workspace:stop", "Stop this workspace; its files are kept"),
    Command("sync-done", "sync:done", "Tell who waits with sync-await", (_word("name", "any"),)),
    Command("sync-await", "sync:wait", "Wait for sync-done of this name", (_word("name", "any"),)),
    Command(
        "user-info",
        "workspace:user_info",
        "Tell whose workspace this is",
        (_JSON, _flag("only the address of mail", "--email")),
    ),
    Command("docs", "workspace:docs", "Print where the documentation is"),
    Command(
        "completion",
        "completion:completion",
        "Print completions for a shell: source <(gp completion bash)",
        (_word("shell", "bash, zsh or fish", choices=("bash", "zsh", "fish")),),
    ),
    Command("version", "version:show", "Print the version", (_JSON,)),
    Command("help", "help:show", "Explain a command", (_word("command", "its words", nargs="*"),)),
    Command(
        "snapshot",
        "snapshot:snapshot",
        "Keep the files as they are now for others to begin with, and print the link",
        (
            Word(("--name",), "what it is called", {"default": ""}),
            Word(
                ("--access",),
                "who may open it",
                {"choices": ("owner", "people", "link"), "default": "link"},
            ),
            Word(("--lasts",), "e.g. 24h or 720h; or none", {"default": "720h"}),
        ),
    ),
    Command("idp", "later:idp", "Needs an identity provider, which is not there yet", (_ANYTHING,)),
    Command(
        "credential-helper",
        "credentials:helper",
        "Answer git's questions",
        (_word("operation", "get, store or erase"),),
        hidden=True,
    ),
    Command(
        "git-commit-message-helper",
        "trailer:add",
        "Add the line that names the tool to a commit's message",
        (Word(("-f", "--file"), "the message", {"required": True}),),
        hidden=True,
    ),
    Command("git-track-command", "later:nothing", "Does nothing", (_ANYTHING,), hidden=True),
    Command("git-token-validator", "later:nothing", "Does nothing", (_ANYTHING,), hidden=True),
    Command(
        "forward-port",
        "expose:expose",
        "Is `gp ports expose`",
        _EXPOSED,
        hidden=True,
    ),
)

EPILOG = """\
exit codes: 0 done, 1 refused or failed, 2 not understood, 3 needs a part of Podium that is not
there yet, 130 interrupted; `gp tasks attach` returns the task's. More: gp help <command>
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser; the command that was found is in `command`."""
    made = argparse.ArgumentParser(
        prog="gp",
        description="What is in this workspace.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top = made.add_subparsers(title="commands", required=True, metavar="<command>")
    groups: dict[str, Any] = {}
    for one in COMMANDS:
        first, _, second = one.path.partition(" ")
        where, name = top, first
        if second:
            if first not in groups:
                text = GROUPS[first]
                group = top.add_parser(first, help=text, description=text)
                groups[first] = group.add_subparsers(
                    title="commands", required=True, metavar="<command>"
                )
            where, name = groups[first], second
        shown: dict[str, Any] = {} if one.hidden else {"help": one.text}
        found = where.add_parser(name, description=one.text, aliases=list(one.aliases), **shown)
        for word in one.words:
            found.add_argument(*word.names, help=word.help, **word.more)
        found.set_defaults(found=one)
    return made
