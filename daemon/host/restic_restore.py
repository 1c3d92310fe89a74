"""Restoring one point into an empty folder: restic, then what restic leaves out."""

import json
from pathlib import Path
from typing import Any

from daemon.host.mending import mend
from daemon.host.restic_backup import MANIFEST
from daemon.host.restic_box import TARGET
from daemon.host.restic_run import restic, tell


def restore(plan: dict[str, Any]) -> dict[str, Any]:
    """Fill the target; returns the record that the tree had. Raises ResticFailed."""
    tell(step="restoring")
    restic("--no-lock", "restore", plan["snapshot"], "--target", TARGET)
    kept = Path(TARGET, MANIFEST)
    manifest: dict[str, Any] = json.loads(kept.read_text())
    kept.unlink()
    tell(step="mending")
    mend(TARGET.encode(), manifest)
    return {"record": manifest["record"]}
