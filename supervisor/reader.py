"""The process that reads .gitpod.yml: as the person, with little memory and time.

`python … <folder>` prints the `Config` as JSON. What a repository holds may be made to
hurt whoever reads it, so the workspace's first process does not.
"""

import os
import resource
import stat
import sys

import msgspec

from supervisor.core.config import Config, Fault
from supervisor.core.gitpodfile import parse

NAMES = (".gitpod.yml", ".gitpod")
LARGEST = 256 * 1024
"""Bytes of the file."""
MEMORY = 512 * 2**20
SECONDS = 5


def read(folder: str) -> Config:
    """Return what the folder's file asks for; without a file, nothing."""
    for name in NAMES:
        try:
            descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:
            continue
        except OSError as error:
            return _refused(name, f"cannot be read: {error.strerror}")
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            continue
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _refused(name, f"is larger than {LARGEST // 1024} KiB")
        try:
            return parse(name, content.decode())
        except UnicodeDecodeError:
            return _refused(name, "is no text in UTF-8")
    return Config()


def _refused(name: str, cause: str) -> Config:
    return Config(name=name, faults=[Fault(line=1, field="", cause=cause)])


def main() -> None:
    """Read the folder that is named, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.buffer.write(msgspec.json.encode(read(sys.argv[1])))


if __name__ == "__main__":
    main()
