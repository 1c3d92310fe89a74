"""Searching in a terminal's history, in a process of its own.

A regular expression can take for ever, and nothing can stop one inside of Python: so a process
of the person's searches, at low priority, and is ended when it takes too long. It is given the
history's file as a descriptor, and on stdin the question and what memory holds.
"""

import os
import resource
import sys

import msgspec
from msgspec import Struct, field

from supervisor.core.scrollback import places
from supervisor.core.search import Match, Wanted, search
from supervisor.host.history import History
from supervisor.host.journal import note
from supervisor.host.output import output_of
from supervisor.host.processes import Account
from supervisor.host.reaper import Reaper

SECONDS = 5.0
"""After which a search is ended, with what it has found until then."""
_ANSWER = 4 * 2**20
"""Bytes of an answer; the largest has a thousand lines of 400 characters."""
_MEMORY = 512 * 2**20
"""Bytes of address space: an expression can ask for as much as it likes, too."""


class Question(Struct, frozen=True, kw_only=True):
    """What the process is told first."""

    wanted: Wanted
    file: int
    """Descriptor of the history's ring, -1 for none."""
    written: int
    """Offset after the last byte in it; what memory holds follows the question."""
    memory: int
    """Offset of the first byte that memory holds."""


class Found(Struct, kw_only=True):
    """What was found, newest first."""

    matches: list[Match] = field(default_factory=list)
    before: int | None = None
    """Where the next search goes on; None after the oldest."""
    begin: int = 0
    end: int = 0
    """Offsets of what is held."""
    complete: bool = True
    """False when it took too long: there may be more, before and between."""


async def find(
    history: History, wanted: Wanted, reaper: Reaper, account: Account, seconds: float = SECONDS
) -> Found:
    """Search; raises ValueError for an expression that is none."""
    first, held = history.since(0)
    file, written = history.file()
    begin, end = history.begin, history.end
    bounded = msgspec.structs.replace(
        wanted, begin=max(wanted.begin, begin), before=min(wanted.before, end)
    )
    question = Question(wanted=bounded, file=file, written=written, memory=first)
    stdin = os.memfd_create("search")
    passed = () if file < 0 else (file,)
    try:
        with os.fdopen(os.dup(stdin), "wb") as writing:
            writing.write(msgspec.json.encode(question) + b"\n" + held)
        os.lseek(stdin, 0, os.SEEK_SET)
        code, said = await output_of(
            _command(),
            reaper,
            account,
            {"PATH": "/usr/bin:/bin"},
            cwd="/",
            keep=_ANSWER,
            seconds=seconds,
            stdin=stdin,
            passed=passed,
        )
    finally:
        os.close(stdin)
    found = _read(said, code, history)
    if len(found.matches) == wanted.limit:
        found.before = found.matches[-1].offset
    return found


def _read(said: bytes, code: int, history: History) -> Found:
    """Read what the process said; its last line may be torn, its first overwritten meanwhile."""
    found = Found(begin=history.begin, end=history.end, complete=code == 0)
    for line in said.splitlines():
        try:
            one = msgspec.json.decode(line, type=Match | str)
        except msgspec.DecodeError:
            found.complete = False
            continue
        if isinstance(one, str):
            raise ValueError(one)  # noqa: TRY004 - what the process says, not what it is
        if one.offset >= found.begin:
            found.matches.append(one)
    if not found.complete:
        note("search_ended", code=code, found=len(found.matches))
    return found


def _command() -> list[str]:
    """Return how this module is run: it finds its own package, and nothing of the person's."""
    place = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - lean start, no pathlib
    paths = [place, *(one for one in sys.path if one.startswith("/"))]
    code = f"import sys; sys.path[:0] = {paths!r}; from supervisor.host.finder import main; main()"
    return [sys.executable, "-I", "-S", "-X", "utf8", "-c", code]


def main() -> None:
    """Answer the question on stdin: a line for each match, or a text for what cannot be done."""
    _limit()
    with os.fdopen(0, "rb") as stdin:
        question = msgspec.json.decode(stdin.readline(), type=Question)
        held = stdin.read()
    try:
        for match in search(question.wanted, lambda begin, end: _bytes(question, held, begin, end)):
            os.write(1, msgspec.json.encode(match) + b"\n")
    except ValueError as error:
        os.write(1, msgspec.json.encode(str(error)) + b"\n")


def _bytes(question: Question, held: bytes, begin: int, end: int) -> bytes:
    """Return bytes of the history by offset."""
    found = b""
    stored = min(end, question.memory) - begin
    if stored > 0:
        for place, count in places(begin, stored):
            found += os.pread(question.file, count, place)
        begin += stored
    return found + held[begin - question.memory : end - question.memory] if end > begin else found


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.nice(10)
