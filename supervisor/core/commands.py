"""The git commands of the one checkout in a workspace's life; pure, so that they can be read."""

import re

from wire.agent import Checkout

UPDATE_SUBMODULES = "git submodule update --init --recursive"
PULL_LARGE = "git lfs pull"
PULL_LARGE_OF_SUBMODULES = f"git submodule foreach --recursive {PULL_LARGE}"
"""What a person types to try again."""
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")
_BLAME = re.compile(
    r"(Podium: )|(Host key verification failed|.*: Permission denied \(|ssh: )"
    r"|(batch response: |\[[0-9a-f]{64}\] |fatal: |error: |git: )"
)
"""What says a cause: who guards the credentials knows best, then ssh, then git and git-lfs."""
_FINISH = (
    'test -e "$(git rev-parse --git-path index)" || git checkout -q --force --detach "$sha1"; '
    "git grep -q filter=lfs -- ':(glob)**/.gitattributes' && printf '%s\\0' \"$displaypath\" || :"
)
"""Without an index nothing was ever checked out: git has been stopped between clone and checkout,
or has given a submodule up because of its neighbour. It would take it for done."""

GUARD = [
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "advice.detachedHead=false",
]


def set_config(path: str, name: str, value: str) -> list[str]:
    """Return the command that sets something in a repository's own configuration."""
    return ["git", "-C", path, "config", "--local", "--", name, value]


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


def finish_submodules(path: str) -> list[str]:
    """Return the command that checks out what is only cloned, in submodules of any depth.

    It writes the path of each that has files in Git LFS, ended by a NUL.
    """
    return ["git", *GUARD, "-C", path, "submodule", "--quiet", "foreach", "--recursive", _FINISH]


def submodule_paths(path: str) -> list[str]:
    """Return the command that writes `key, newline, path, NUL` for each submodule."""
    ask = ["config", "-z", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$"]
    return ["git", *GUARD, "-C", path, *ask]


def committed(path: str, submodules: list[str]) -> list[str]:
    """Return the command that writes `mode, commit, stage, tab, path, NUL` of those there are.

    .gitmodules may name some that have been removed.
    """
    return ["git", *GUARD, "--literal-pathspecs", "-C", path, "ls-files", "-zs", "--", *submodules]


def update_submodule(path: str, submodule: str) -> list[str]:
    """Return the command that fetches the submodule at a path, and what it holds itself."""
    update = ["submodule", "update", "--init", "--recursive", "--", submodule]
    return ["git", *GUARD, "-C", path, *update]


def pull_large(path: str) -> list[str]:
    """Return the command that fetches the large files of a repository."""
    return ["git", *GUARD, "-C", path, "lfs", "pull"]


def named(said: str) -> list[str]:
    """Return the paths that submodule_paths or finish_submodules wrote; there may be warnings."""
    return [one.rpartition("\n")[2] for one in said.split("\0")[:-1]]


def linked(said: str) -> list[str]:
    """Return the paths that `committed` wrote of submodules; others may have taken the place."""
    found = (one.partition("\t") for one in said.split("\0"))
    return [path for about, _tab, path in found if about.startswith("160000 ")]


def reason(said: str) -> str:
    """Return the words on why it failed, without a password of an address.

    The line that knows best and the one after it.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    found = [(match.lastindex or 0, line) for line in lines if (match := _BLAME.match(line))]
    blamed = [line for _rank, line in sorted(found, key=lambda one: one[0])] or lines[-1:]
    return _PASSWORD.sub("", " · ".join(list(dict.fromkeys(blamed))[:2])).rstrip(".")[:400]
