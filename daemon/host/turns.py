"""Who waits for whom: long work of the daemon leaves the group that goes before all others.

Only the standard library is imported, because helper processes import it. The launcher has put
the platform's processes into a control group of more weight (`cli/launcher/weight.py`).
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_ROOT: Final = Path("/sys/fs/cgroup")


def take_a_usual_turn(root: Path = _ROOT) -> None:
    """Move the calling process, and what it starts from now on, to the group of everybody."""
    unified = (root / "cgroup.controllers").exists()
    with suppress(OSError):  # where there are no groups there is nothing to leave
        (root if unified else root / "cpu").joinpath("cgroup.procs").write_text(str(os.getpid()))
