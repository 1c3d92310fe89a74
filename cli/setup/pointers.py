"""The pointer file that says which artefacts an installation starts its workspaces from."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def note(pointer: Path, record: Mapping[str, str]) -> None:
    """Write the record by a rename, so that a reader sees the old or the new one.

    Nothing is touched when the file says so already.
    """
    text = json.dumps(record)
    if pointer.exists() and pointer.read_text() == text:
        return
    fresh = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(pointer)
