"""From the layout's pure paths to real ones."""

from pathlib import Path, PurePosixPath


def real(path: PurePosixPath) -> Path:
    """Return the same path, able to touch the file system."""
    return Path(path)
