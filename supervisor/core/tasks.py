"""The shell text of a task: what runs, in which order, and how its end is told. Pure.

A task runs in an interactive bash of its own, before its first prompt: what it exports
and where it goes to stays, and when it has ended the shell is the person's. Order as
Gitpod's: before, init, command; a restart leaves out an init that has succeeded.
"""

from dataclasses import dataclass
from hashlib import sha256
from shlex import quote

from supervisor.core.config import Task

_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Places:
    """Files of one task; absolute paths."""

    body: str
    """What the repository wants run."""
    first: str
    """What the shell reads first of all."""
    run: str
    """What it runs before its first prompt."""
    history: str
    """The task's commands, for the arrow keys."""
    ended: str
    """Gets the exit code."""
    initialised: str
    """Exists when init has succeeded: outlives the container."""


def places(number: int, task: Task, folder: str, kept: str) -> Places:
    """Return the files of a task; `kept` is the folder that outlives the container."""
    mark = sha256(task.init.encode()).hexdigest()[:16]
    return Places(
        body=f"{folder}/{number}.body",
        first=f"{folder}/{number}.first",
        run=f"{folder}/{number}.run",
        history=f"{folder}/{number}.history",
        ended=f"{folder}/{number}.ended",
        initialised=f"{kept}/init-{mark}",
    )


def files(task: Task, where: Places, *, initialised: bool) -> dict[str, str]:
    """Return path → text of everything the task's shell reads."""
    commands = [text for text in (task.before, task.init, task.command) if text.strip()]
    return {
        where.body: body(task, where, initialised=initialised),
        where.run: _RUN.format(
            body=quote(where.body),
            ended=quote(where.ended),
            history=quote(where.history),
            interrupted=_INTERRUPTED,
        ),
        where.first: _FIRST.format(run=quote(f". {quote(where.run)}")),
        where.history: "".join(f"{text.strip()}\n" for text in commands),
    }


def body(task: Task, where: Places, *, initialised: bool) -> str:
    """Return what the repository wants run, as one list that stops at the first failure."""
    parts = []
    if task.before.strip():
        parts.append(_part("before", task.before))
    if task.init.strip() and not initialised:
        parts.append(_part("init", task.init))
        parts.append(f": > {quote(where.initialised)}")
    if task.command.strip():
        parts.append(_part("command", task.command))
    return " && ".join(parts or [":"]) + "\n"


def _part(kind: str, text: str) -> str:
    # the colon: a part of comments alone would be a syntax error
    first, *more = text.strip().splitlines()
    said = quote(f"{kind}: {first[:200]}{' …' if more else ''}")
    return f"{{\nprintf '\\033[2m%s\\033[0m\\n' {said}\n{text.rstrip()}\n}}"


_FIRST = """\
# what a login shell reads, then the task before the first prompt
[ -r /etc/profile ] && . /etc/profile
for _podium_profile in ~/.bash_profile ~/.bash_login ~/.profile; do
  if [ -r "$_podium_profile" ]; then . "$_podium_profile"; break; fi
done
unset _podium_profile
_podium_prompt=${{PROMPT_COMMAND-}}
PROMPT_COMMAND={run}
"""
_RUN = """\
PROMPT_COMMAND=$_podium_prompt
unset _podium_prompt
history -r {history}
# Ctrl+C ends the task and leaves the shell: tell it, then let it happen
_podium_ended={ended}
trap 'trap - INT; echo {interrupted} > "$_podium_ended"; kill -INT $$' INT
. {body}
echo $? > "$_podium_ended"
trap - INT
unset _podium_ended
"""
