"""The helper process that brings a prebuild's repository to what its git host has now.

Run as `python -I -S -c …` with a plan (JSON) on stdin, in a box as git's, with no network and
nobody's credentials: the repository came with a snapshot, and its configuration may run
programs. What is new lies beside it, cloned by another box that has not seen it. The files of
the repository are left to the checkout inside the workspace, as those of any first start.
"""

import json
import os
import shutil
import sys
from typing import Any, Final

from daemon.host.clone_child import run_boxed
from daemon.host.clone_turn import Git

_OWN: Final = ".podium"
_GUARD: Final = ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"]
_WANTED: Final = [
    "HEAD",
    "+refs/remotes/origin/*:refs/remotes/origin/*",
    "+refs/tags/*:refs/tags/*",
]


def main() -> None:
    """Read the plan, and renew in a box."""
    run_boxed(json.load(sys.stdin), work)


def work(plan: dict[str, Any]) -> dict[str, Any]:
    """Do it; raises RuntimeError when the repository is of no use."""
    top, wanted = plan["target_inside"], plan["renew"]
    beside = f"{top}/{plan['folder']}"
    git = Git(plan["environment"], f"{top}/{wanted['folder']}")
    fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--prune", beside]
    for command in (
        ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"],
        [*fetch, *_WANTED],
        ["config", "--local", "--", "remote.origin.url", wanted["url"]],
    ):
        if not git.run([*_GUARD, *command]):
            raise RuntimeError("the repository of the prebuild is of no use")
    shutil.rmtree(beside)
    prefixes, names = wanted["undone"]
    own = f"{top}/{_OWN}"
    for name in os.listdir(own) if os.path.isdir(own) else []:  # noqa: PTH112, PTH208 -- as git's helper
        if name in names or name.startswith(tuple(prefixes)):
            os.unlink(f"{own}/{name}")  # noqa: PTH108 -- as above
    return {}
