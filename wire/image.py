"""What an image says of the programs in it: the variables of its configuration.

The daemon hands them over as a file, because the first process, which is ours, is not to be
steered by a stranger's `LD_PRELOAD`; what the supervisor starts for the person gets them.
"""

import re
from collections.abc import Iterable

VARIABLES_FILE = "/run/podium/variables"
"""Inside the workspace: a JSON object; not there for the installation's own images."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}", re.ASCII)
_OURS = ("GITPOD_", "PODIUM_", "SUPERVISOR_", "THEIA_")
_OF_THE_PERSON = frozenset({"HOME", "LOGNAME", "SHELL", "USER"})
_LONGEST = 32_768
_MOST = 500


def variables_of(env: Iterable[str]) -> dict[str, str]:
    """Return the variables of an image's `Env`: those that are ones, and no business of ours."""
    found: dict[str, str] = {}
    for one in env:
        name, equals, value = one.partition("=")
        if not equals or _NAME.fullmatch(name) is None or name in _OF_THE_PERSON:
            continue
        if name.startswith(_OURS) or len(value) > _LONGEST or "\0" in value:
            continue
        found[name] = value
        if len(found) == _MOST:
            break
    return found
