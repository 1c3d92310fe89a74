"""Logs of builds: one file each, written from where it ends, kept for as long as the build."""

from pathlib import Path

from wire.ids import is_workspace_id
from wire.imagebuild import MOST_LOG


class Logs:
    """Every method blocks for one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, build: str, offset: int, data: bytes) -> int:
        """Add a piece that begins where the log ends, nothing else; return the log's length."""
        path = self._path(build)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("ab") as file:
            length = file.tell()
            if offset != length or length >= MOST_LOG:
                return length
            file.write(data[: MOST_LOG - length])
            return file.tell()

    def read(self, build: str, offset: int, most: int) -> bytes:
        """Return at most so many bytes from there on; of a log that is not there, none."""
        try:
            with self._path(build).open("rb") as file:
                file.seek(offset)
                return file.read(most)
        except FileNotFoundError:
            return b""

    def remove(self, build: str) -> None:
        """Forget a log."""
        self._path(build).unlink(missing_ok=True)

    def _path(self, build: str) -> Path:
        if not is_workspace_id(build):
            raise ValueError(f"{build!r} is no build")
        return self._folder / f"{build}.log"
