"""The process that reads .gitpod.yml and devcontainer.json: as the person, in narrow limits.

`python … <folder>` prints the `Config` as JSON. What a repository holds may be made to
hurt whoever reads it, so the workspace's first process does not.
"""

import os
import resource
import stat
import sys
from collections.abc import Mapping

import msgspec

from supervisor.core import devcontainer, gitpodfile
from supervisor.core.config import Config, Fault

NAMES = (".gitpod.yml", ".gitpod")
LARGEST = 256 * 1024
"""Bytes of a file."""
MEMORY = 512 * 2**20
SECONDS = 5
MOST_FOLDERS = 100
"""Folders of .devcontainer that are looked into."""


class _UnreadError(Exception):
    """There is a file that cannot be read; the text is the cause."""


def read(folder: str, environment: Mapping[str, str]) -> Config:
    """Return what the folder's file asks for; without one, nothing.

    .gitpod.yml counts alone; a devcontainer.json beside it is told as not followed.
    """
    others = _devcontainers(folder)
    for name in NAMES:
        try:
            text = _text(f"{folder}/{name}")
        except _UnreadError as error:
            return _refused(name, str(error))
        if text is not None:
            return _beside(
                gitpodfile.parse(name, text), others, f"{name} is there and counts alone"
            )
    if not others:
        return Config()
    first, *rest = others
    try:
        text = _text(f"{folder}/{first}") or ""
    except _UnreadError as error:
        return _refused(first, str(error))
    found = devcontainer.parse(first, text, folder, environment)
    return _beside(found, rest, f"{first} is the first of several, and counts alone")


def _devcontainers(folder: str) -> list[str]:
    """Return the paths of all that there are, the one that counts first."""
    below = f"{folder}/{devcontainer.FOLDER}"
    try:
        names = sorted(os.listdir(below))[:MOST_FOLDERS]  # noqa: PTH208 - lean, no pathlib
    except OSError:
        names = []
    places = [f"{devcontainer.FOLDER}/{name}/devcontainer.json" for name in names]
    return [
        one
        for one in (*devcontainer.PLACES, *places)
        if os.path.isfile(f"{folder}/{one}")  # noqa: PTH113 - lean, no pathlib
    ]


def _beside(config: Config, others: list[str], why: str) -> Config:
    """Return the plan with the files that do not count for it."""
    told = [
        Fault(line=1, field="", cause=f"is not followed: {why}", warning=True, file=one)
        for one in others[:5]
    ]
    return msgspec.structs.replace(config, unfollowed=[*config.unfollowed, *told])


def _text(path: str) -> str | None:
    """Return a file's text, None when there is no file; raises _UnreadError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _UnreadError(f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _UnreadError(f"is larger than {LARGEST // 1024} KiB")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _UnreadError("is no text in UTF-8") from error


def _refused(name: str, cause: str) -> Config:
    return Config(name=name, faults=[Fault(line=1, field="", cause=cause, file=name)])


def main() -> None:
    """Read the folder that is named, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    found = read(sys.argv[1], os.environ)
    try:
        said = msgspec.json.encode(found)
    except UnicodeEncodeError:
        said = msgspec.json.encode(_refused(found.name, "a text in it has half a character"))
    sys.stdout.buffer.write(said)


if __name__ == "__main__":
    main()
