"""What is built above an image to install a devcontainer's features in it. Pure.

Each feature's script runs as root with its options as variables, in the order of the plan. What
it is given reaches no shell unquoted, and nothing of it stays in the image but what it installs.
"""

import json
from collections.abc import Sequence
from shlex import quote
from typing import Final

from wire.imagebuild import FeaturePart

_PLACE: Final = "/tmp/.podium-features"  # noqa: S108 - in the image that is built, removed by it
USER: Final = """\
set -e
grep -q '^gitpod:' /etc/passwd 2>/dev/null && exit 0
shell=/bin/sh
test -x /bin/bash && shell=/bin/bash
echo "gitpod:x:33333:33333::/home/gitpod:$shell" >>/etc/passwd
grep -q '^gitpod:' /etc/group 2>/dev/null || echo gitpod:x:33333: >>/etc/group
mkdir -p /home/gitpod
chown 33333:33333 /home/gitpod
"""
"""Who works there: scripts of features install things for this person."""


def files_of(base: str, parts: Sequence[FeaturePart]) -> dict[str, str]:
    """Return path → text of the build's context, without the features' own files (`layer_of`)."""
    return {
        "Dockerfile": dockerfile(base, parts),
        "scripts/user.sh": USER,
        **{f"scripts/{number}.sh": script(number, one) for number, one in enumerate(parts)},
    }


def layer_of(number: int) -> str:
    """Return where in the context the files of a feature are."""
    return f"{number}.tar"


def dockerfile(base: str, parts: Sequence[FeaturePart]) -> str:
    """Return what installs the features above an image."""
    lines = [f"FROM {base}", "USER 0", f"COPY scripts {_PLACE}", _run("user.sh")]
    for number, one in enumerate(parts):
        lines.append(f"ADD {layer_of(number)} {_PLACE}/{number}/")
        lines += [f"ENV {name}={_value(text)}" for name, text in one.environment.items()]
        lines.append(_run(f"{number}.sh", one.reference))
    lines.append(f'RUN ["/bin/sh", "-c", "rm -rf {_PLACE}"]')
    return "".join(f"{line}\n" for line in lines)


def script(number: int, part: FeaturePart) -> str:
    """Return what runs a feature's script."""
    lines = ["set -e", f"cd {_PLACE}/{number}"]
    lines += [f"export {name}={quote(text)}" for name, text in part.variables.items()]
    lines += ["chmod +x install.sh", "exec ./install.sh"]
    return "".join(f"{line}\n" for line in lines)


def _run(name: str, *words: str) -> str:
    """Return a RUN; the words are for whoever reads the log."""
    return f"RUN {json.dumps(['/bin/sh', f'{_PLACE}/{name}', *words])}"


def _value(text: str) -> str:
    """Return a value in which variables of the image are filled in, and nothing else happens."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
