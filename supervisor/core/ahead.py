"""VS Code's server that is started before anybody knows what it is for. Pure.

Imports nothing but what Python has loaded by itself: it is among the first that a workspace runs.
"""

from collections.abc import Mapping, Sequence

NODE = "/ide/bin/node"
SERVER = "/ide/vscode/out/server-main.js"
AT_THE_START = (
    *("LANG", "LC_", "NODE_", "LD_", "ICU_", "UV_", "OPENSSL_", "SSL_", "MALLOC_", "GLIBC_"),
)
"""How the names of variables begin that Node and its libraries read once, as they start."""


def told(
    command: Sequence[str], cwd: str, environment: Mapping[str, str], begun: Mapping[str, str]
) -> dict[str, object]:
    """Return what makes it what `command` would be; nothing when only a new process can be that.

    `begun` are the variables with which it was started.
    """
    if list(command[:2]) != [NODE, SERVER] or _at_the_start(environment) != _at_the_start(begun):
        return {}
    return {"arguments": list(command[2:]), "cwd": cwd, "environment": dict(environment)}


def _at_the_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(AT_THE_START)}
