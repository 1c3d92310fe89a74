"""Node and npm for building, out of the platform's own environment, never from the PATH."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.setup.progress import Step


@dataclass(frozen=True, slots=True)
class Npm:
    """An npm on the Node distribution in `folder` (bin, include, lib)."""

    folder: Path

    @property
    def node(self) -> Path:
        """Node's program."""
        return self.folder / "bin/node"

    def version(self) -> bytes:
        """Return what tells this Node from others."""
        return (self.folder / "include/node/node_version.h").read_bytes()

    def run(self, step: Step, words: Sequence[str], cwd: Path) -> None:
        """Run npm; raises StepFailedError."""
        script = self.folder / "lib/node_modules/npm/bin/npm-cli.js"
        environment = environment_of(self.folder, os.environ)
        step.run([str(self.node), str(script), *words], cwd=cwd, environment=environment)

    def told(self, step: Step, words: Sequence[str]) -> str:
        """Return what npm prints; raises StepFailedError."""
        script = self.folder / "lib/node_modules/npm/bin/npm-cli.js"
        environment = environment_of(self.folder, os.environ)
        return step.told([str(self.node), str(script), *words], environment)


def environment_of(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for npm: this Node first, its headers, and no chatter.

    With `nodedir` native modules are compiled against the headers of the very Node that
    will load them, and nothing is downloaded for it.
    """
    return {
        **given,
        "PATH": f"{folder / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHON": "/usr/bin/python3",
        "npm_config_nodedir": str(folder),
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        "JOBS": str(os.cpu_count() or 1),
    }
