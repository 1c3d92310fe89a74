"""One backup: look, and unless nothing has moved, take a snapshot and read it back."""

import errno
import json
from pathlib import Path
from typing import Any, Final

from daemon.core.restic import TOO_LONG, explain
from daemon.host.restic_box import TREE
from daemon.host.restic_files import files_of
from daemon.host.restic_run import INCOMPLETE, ResticFailed, restic, restic_lines, tell
from daemon.host.restic_tidy import take_over
from daemon.host.restic_verify import FOLDERS, LOST, verify
from daemon.host.survey import TooLong, survey

MANIFEST: Final = "podium.json"
TOPS: Final = ("workspace", "home/gitpod")
_VANISHED: Final = frozenset({errno.ENOENT, errno.ENOTDIR})


def backup(plan: dict[str, Any]) -> dict[str, Any]:
    """Make sure of the plan's point; returns what became of it. Raises ResticFailed.

    A tree with the plan's fingerprint is not gone through again.
    """
    tell(step="looking")
    try:
        seen = survey(TREE.encode(), [one.encode() for one in TOPS], plan["excludes"])
    except TooLong as error:
        raise ResticFailed(f"{TOO_LONG}: {error}") from error
    if seen.fingerprint == plan["fingerprint"]:
        if plan.get("reread"):
            return {"unchanged": True, "verified": verify(files_of(plan), plan["verified"])}
        return {"unchanged": True}
    files = files_of(plan)
    take_over(files, plan)
    there = {one.name for folder in FOLDERS for one in files.all(folder)}
    if not plan.get("pruned") and not there.issuperset(plan["verified"]):
        missing = sorted(set(plan["verified"]) - there)
        raise ResticFailed(f"{LOST}: {', '.join(missing)}")  # restic would look for a minute
    snapshots = {one.name for one in files.all("snapshots")}
    earlier = _earlier(plan["point"]) if snapshots else []
    if earlier:
        restic("forget", *earlier)
    try:
        if plan["parent"] not in snapshots:
            plan["parent"] = ""
        summary = _take(plan, seen.files, seen.bytes, seen.manifest())
    except ResticFailed as error:
        code = explain(str(error)).code
        if code == "repository_damaged" or (code == "backup_failed" and plan.get("doubts")):
            verify(files, [])  # restic has many words for what is damaged, and names it seldom
        raise
    return {
        "unchanged": False,
        "fingerprint": seen.fingerprint,
        "summary": summary,
        "verified": verify(files, [one for one in plan["verified"] if one not in earlier]),
        "snapshots": json.loads(restic("--no-lock", "snapshots", "--json") or b"null") or [],
    }


def _earlier(point: str) -> list[str]:
    """Return the snapshots that earlier tries have made.

    None of them counts: whether it lacks what could not be read is known to the one who made
    it alone, and that one has failed or was killed.
    """
    found = json.loads(restic("--no-lock", "snapshots", "--json", "--tag", f"point:{point}"))
    return [one["id"] for one in found or []]


def _take(plan: dict[str, Any], files: int, size: int, manifest: dict[str, Any]) -> dict[str, Any]:
    manifest = manifest | {"record": plan["record"]}
    Path(TREE, MANIFEST).write_text(json.dumps(manifest))
    words: list[str] = ["backup", "--host", "podium"]
    for tag in (*plan["tags"], f"files:{files}", f"bytes:{size}"):
        words += ["--tag", tag]
    if plan.get("anew"):
        words.append("--force")
    elif plan["parent"]:
        words += ["--parent", plan["parent"]]
    if plan["excludes"]:
        lines = [f"{TREE}/{one}".replace("$", "$$") for one in plan["excludes"]]
        Path("/tmp/excludes").write_text("".join(f"{one}\n" for one in lines))  # noqa: S108 -- the box's
        words += ["--exclude-file", "/tmp/excludes"]  # noqa: S108 -- as above
    summary: dict[str, Any] = {}

    def each(line: dict[str, Any]) -> None:
        if line.get("message_type") == "summary":
            summary.update(line)
        elif line.get("message_type") == "status":
            done, total = line.get("bytes_done", 0), line.get("total_bytes", 0)
            tell(step="writing", done=done, total=total)

    code, beside = restic_lines(*words, MANIFEST, *_tops(), cwd=TREE, each=each)
    if code == INCOMPLETE and summary and only_vanished(beside):
        code = 0
    if code != 0 or not summary:
        raise ResticFailed(beside.strip() or f"restic ended with code {code}")
    return summary


def _tops() -> tuple[str, ...]:
    return tuple(sorted({one.split("/")[0] for one in TOPS}))


def only_vanished(beside: str) -> bool:
    """Tell whether all that restic could not read had gone while it looked.

    Its errors are lines of JSON; of anything else nothing is known to be harmless.
    """
    for line in beside.splitlines():
        try:
            error = json.loads(line).get("error", {})
        except (ValueError, AttributeError):
            return False
        if not isinstance(error, dict) or error.get("Err") not in _VANISHED:
            return False
    return True
