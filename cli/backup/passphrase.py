"""The passphrase of a backup: out of a file, or typed by somebody."""

import sys
from getpass import getpass
from pathlib import Path

from cli.problems import USAGE, CommandError


def given(path: str) -> str:
    """Return what a file holds, without its line's end; empty without a file."""
    if not path:
        return ""
    try:
        found = Path(path).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The passphrase cannot be read from {path}", str(error)) from error
    if not found:
        raise CommandError(f"There is no passphrase in {path}", code=USAGE)
    return found


def asked(prompt: str) -> str:
    """Return what somebody types, unseen."""
    if not sys.stdin.isatty():
        raise CommandError(
            "Nobody is there to be asked for the passphrase",
            cure="Give it with --passphrase-file.",
            code=USAGE,
        )
    found = getpass(f"  {prompt}")
    if not found:
        raise CommandError("An empty passphrase protects nothing", code=USAGE)
    return found
