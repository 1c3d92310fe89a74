"""The git commands of the one checkout in a workspace's life; pure, so that they can be read."""

from wire.agent import Checkout

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
