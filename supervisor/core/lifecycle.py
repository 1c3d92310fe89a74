"""The commands of devcontainer.json's life cycle as shell text. Pure.

A command is a text for a shell, a list of words that no shell looks at, or a set of named
commands that run side by side; the next one of the life cycle begins when all have ended
well. Each runs in a shell of its own: what one exports or where it goes to is its own.
"""

from collections.abc import Mapping
from shlex import join, quote
from typing import Any


def shell_of(name: str, command: Any) -> str:
    """Return the text for one command of the life cycle; empty for none."""
    match command:
        case Mapping():
            return _beside(name, command)
        case _:
            text = _text(command)
            return _alone(name, text) if text else ""


def shell_all(commands: list[tuple[str, Any]]) -> str:
    """Return the text for several, one after the other, until the first that fails."""
    return " &&\n".join(text for name, one in commands if (text := shell_of(name, one)))


def _text(command: Any) -> str:
    match command:
        case str():
            return command.strip()
        case list():
            return join(command)
        case _:
            return ""


def _alone(name: str, text: str) -> str:
    return f"(\n{_said(name)}\n{text}\n)"


def _beside(name: str, commands: Mapping[str, Any]) -> str:
    """Return the text that starts all, waits for all, and fails when any has failed."""
    texts = [(f"{name} {one}", _text(command)) for one, command in commands.items()]
    started = [
        f"(\n{_said(one)}\n{text}\n) &\n_podium_{number}=$!"
        for number, (one, text) in enumerate(texts)
        if text
    ]
    if not started:
        return ""
    waits = [
        f"wait $_podium_{number} || _podium_failed=$?"
        for number, (_, text) in enumerate(texts)
        if text
    ]
    # a subshell, so that its jobs are not told of in the person's shell
    lines = ["(", "_podium_failed=0", *started, *waits, "exit $_podium_failed", ")"]
    return "\n".join(lines)


def _said(name: str) -> str:
    return f"printf '\\033[2m%s\\033[0m\\n' {quote(name)}"
