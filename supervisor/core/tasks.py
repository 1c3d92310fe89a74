"""The shell text of a task: what runs, in which order, and how its end is told. Pure.

A task runs in an interactive bash of its own, before its first prompt: what it exports
and where it goes to stays, and when it has ended the shell is the person's. Order as
Gitpod's: before, init, command; a restart leaves out an init that has succeeded, and so does
the first start after a prebuild, which shows what the prebuild said instead. A prebuild runs
before and init, and its shell ends with them.
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
    plain: str
    """The same without startup files."""
    startup: str
    """Empty when the shell has come through them: that takes no space, and so cannot fail."""
    run: str
    """What it runs before its first prompt."""
    history: str
    """The task's commands, for the arrow keys."""
    ended: str
    """Gets the exit code."""
    initialised: str
    """Exists when init has succeeded: outlives the container, as all that follow."""
    created: str
    """Exists when what runs once in the workspace's life has succeeded."""
    log: str
    """What the task said in a prebuild."""
    seen: str
    """Exists when that has been shown."""


@dataclass(frozen=True, slots=True)
class Past:
    """What has happened before this start."""

    initialised: bool = False
    created: bool = False
    prebuilt: bool = False
    """There is a prebuild's log that nobody has seen."""


FRESH = Past()


def places(number: int, task: Task, folder: str, kept: str) -> Places:
    """Return the files of a task; `kept` is the folder that outlives the container."""
    return Places(
        body=f"{folder}/{number}.body",
        first=f"{folder}/{number}.first",
        plain=f"{folder}/{number}.plain",
        startup=f"{folder}/{number}.startup",
        run=f"{folder}/{number}.run",
        history=f"{folder}/{number}.history",
        ended=f"{folder}/{number}.ended",
        initialised=f"{kept}/init-{_mark(task.init)}",
        created=f"{kept}/create-{_mark(task.create)}",
        log=f"{kept}/prebuild-log-{number}",
        seen=f"{kept}/prebuild-seen-{number}",
    )


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def files(task: Task, where: Places, past: Past, *, headless: bool = False) -> dict[str, str]:
    """Return path → text of everything the task's shell reads."""
    commands = [text for text in (task.before, task.init, task.command) if text.strip()]
    run = _RUN_HEADLESS if headless else _RUN
    then = _THEN.format(startup=quote(where.startup), run=quote(f". {quote(where.run)}"))
    return {
        where.body: body(task, where, past, headless=headless),
        where.run: run.format(
            body=quote(where.body),
            ended=quote(where.ended),
            history=quote(where.history),
            interrupted=_INTERRUPTED,
        ),
        where.first: _FIRST.format(late=quote(f"exec bash --init-file {quote(where.plain)} -i"))
        + then,
        where.plain: then,
        where.startup: "not yet\n",
        where.history: "".join(f"{text.strip()}\n" for text in commands),
    }


def body(task: Task, where: Places, past: Past, *, headless: bool = False) -> str:
    """Return what the repository wants run, as one list that stops at the first failure."""
    parts = []
    if task.before.strip():
        parts.append(_part("before", task.before, task))
    if task.init.strip() and not past.initialised:
        parts.append(_part("init", task.init, task))
        parts.append(f": > {quote(where.initialised)}")
    if not headless:
        if past.prebuilt:
            parts.append(f"{{ cat {quote(where.log)}; : > {quote(where.seen)}; }}")
        if task.create.strip() and not past.created:
            parts.append(_part("create", task.create, task))
            parts.append(f": > {quote(where.created)}")
        if task.command.strip():
            parts.append(_part("command", task.command, task))
    return " && ".join(parts or [":"]) + "\n"


def _part(kind: str, text: str, task: Task) -> str:
    if task.announced:
        return f"{{\n{text.rstrip()}\n}}"
    # the colon: a part of comments alone would be a syntax error
    first, *more = text.strip().splitlines()
    said = quote(f"{kind}: {first[:200]}{' …' if more else ''}")
    return f"{{\nprintf '\\033[2m%s\\033[0m\\n' {said}\n{text.rstrip()}\n}}"


def banner(seconds: float) -> str:
    """Return what stands below the log of a prebuild that took so long."""
    saved = max(1, round(seconds / 60))
    return f"\r\n\033[2mThis ran in a prebuild and saved you {saved} min.\033[0m\r\n"


def outcome(codes: list[tuple[str, int]]) -> tuple[int, str]:
    """Return the exit code of a run without anybody, and why it failed; from name and code."""
    failed = [(name, code) for name, code in codes if code]
    if not failed:
        return 0, ""
    told = ", ".join(f"{name} ended with {code}" for name, code in failed)
    return 1, f"headless task failed: {told}"


_FIRST = """\
# the supervisor asks with this signal when it takes too long
trap {late} USR1
# what a login shell reads, then the task before the first prompt
[ -r /etc/profile ] && . /etc/profile
for _podium_profile in ~/.bash_profile ~/.bash_login ~/.profile; do
  if [ -r "$_podium_profile" ]; then . "$_podium_profile"; break; fi
done
unset _podium_profile
"""
_THEN = """\
: > {startup}
trap - USR1
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
_RUN_HEADLESS = """\
. {body}
_podium_code=$?
echo $_podium_code > {ended}
exit $_podium_code
"""
