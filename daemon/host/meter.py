"""How much processes have written, for programs that do not tell how far they are."""

from pathlib import Path
from typing import Final

_WRITTEN: Final = "wchar: "


def written(pid: int) -> int:
    """Return the bytes that the processes below this one have written; 0 for what is gone."""
    return sum(_of(one) for one in _below(pid))


def _below(pid: int) -> list[int]:
    found: list[int] = []
    open_ = [pid]
    while open_:
        try:
            children = Path(f"/proc/{(one := open_.pop())}/task/{one}/children").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        open_ += map(int, children.split())
        found += map(int, children.split())
    return found


def _of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(one[len(_WRITTEN) :]) for one in lines if one.startswith(_WRITTEN)), 0)
