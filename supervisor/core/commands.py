"""The git commands of the one checkout in a workspace's life; pure, so that they can be read."""

import re

from wire.agent import Checkout

SUBMODULES = "submodules"
LFS = "lfs"
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
_BLAME = ("fatal:", "error:", "git:")

GUARD = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "advice.detachedHead=false",
]


def checkout_commands(checkout: Checkout) -> list[list[str]]:
    """Return the commands to run in the repository, in order.

    A repository without commits only gets its first branch named.
    """
    git = ["git", *GUARD, "-C", checkout.path]
    if not checkout.revision:
        if not checkout.branch:
            return []
        return [[*git, "symbolic-ref", "HEAD", f"refs/heads/{checkout.branch}"]]
    if not checkout.branch:
        return [[*git, "checkout", "--force", "--detach", checkout.revision]]
    merge = checkout.merge or f"refs/heads/{checkout.branch}"
    commands = [
        [*git, "checkout", "--force", "-B", checkout.branch, checkout.revision, "--"],
        [*git, "config", f"branch.{checkout.branch}.remote", "origin"],
        [*git, "config", f"branch.{checkout.branch}.merge", merge],
    ]
    if not checkout.merge:  # a pull request's ref is no branch of the remote
        upstream = f"refs/remotes/origin/{checkout.branch}"
        commands.append([*git, "update-ref", upstream, checkout.revision])
    return commands


def uses_lfs(path: str) -> list[str]:
    """Return the command that ends with 0 when files of the repository lie in Git LFS."""
    return ["git", *GUARD, "-C", path, "grep", "-q", "filter=lfs", "--", ":(glob)**/.gitattributes"]


def completions(path: str, *, submodules: bool, lfs: bool) -> list[tuple[str, str, list[str]]]:
    """Return what completes a checkout: name, words for people, and command."""
    git = ["git", *GUARD, "-C", path]
    found = []
    if submodules:
        update = [*git, "submodule", "update", "--init", "--recursive"]
        found.append((SUBMODULES, "Submodules", update))
    if lfs:
        found.append((LFS, "Large files (Git LFS)", [*git, "lfs", "pull"]))
    return found


def cure(command: list[str]) -> str:
    """Return a command as a person would type it in the repository."""
    return " ".join(["git", *command[len(["git", *GUARD, "-C", "path"]) :]])


def reason(said: str) -> str:
    """Return git's own words on why it failed, without a password of an address."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    blamed = [line for line in lines if line.startswith(_BLAME)] or lines[-1:]
    return _PASSWORD.sub("", " · ".join(dict.fromkeys(blamed[:2]))).rstrip(".")[:400]
