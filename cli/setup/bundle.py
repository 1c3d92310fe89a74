"""The supervisor's bundle: a Python of its own that runs in any image, and our code.

Two stages, so that a change of our code costs seconds: `python/<digest>` is CPython out
of Debian's packages with its loader and libraries, `supervisor/<digest>` has the same
files (hard links) with the supervisor and its two libraries.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.setup import spare_git, terminals
from cli.setup.debs import LOADER, gather_libraries, relocate, search_path, unpack
from cli.setup.progress import Step
from cli.setup.sources import compile_folder, write
from cli.setup.steps import Files, bundled

MOUNTED = "/.supervisor"
_UNUSED = (
    "distutils",
    "ensurepip",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "test",
    "tkinter",
    "turtledemo",
    "unittest",
    "venv",
    "curses",
    "dbm",
    "sqlite3",
    "wsgiref",
    "xmlrpc",
)
BOOT = '''"""First file of the workspace's first process."""

import gc
import os
import sys

sys.path.insert(0, "/.supervisor/site")

from supervisor.host.ahead import begin  # noqa: E402 - the path comes first

ahead = begin(os.environ)  # it loads while the next import does
gc.disable()  # nothing of what is loaded is garbage

from supervisor.__main__ import main  # noqa: E402 - after it

gc.freeze()
gc.enable()
main(ahead)
'''
GP = '''"""The command `gp`."""

import sys

sys.path.insert(0, "/.supervisor/site")

from supervisor.cli.__main__ import main  # noqa: E402 - the path comes first

sys.exit(main())
'''
SSHD = '''"""The workspace's SSH server."""

import sys

sys.path.insert(0, "/.supervisor/site")

from supervisor.sshd.__main__ import main  # noqa: E402 - the path comes first

main()
'''
DOTFILES = '''"""What installs a person's dotfiles."""

import sys

sys.path.insert(0, "/.supervisor/site")

from supervisor.dotfiles.__main__ import main  # noqa: E402 - the path comes first

main()
'''
IMAGEBUILD = '''"""First file of an image build's first process."""

import sys

sys.path.insert(0, "/.supervisor/site")

from supervisor.imagebuild.__main__ import main  # noqa: E402 - the path comes first

main()
'''
GP_SCRIPT = f"""\
#!/bin/sh
exec {MOUNTED}/bin/python3 -I -S -X utf8 {MOUNTED}/site/gp.py "$@"
"""


def build_python(
    step: Step,
    packages: list[str],
    fresh: Path,
    *,
    mounted: str = MOUNTED,
    unused: Sequence[str] = _UNUSED,
) -> None:
    """Make bin/python3, lib/ and etc/ssl/ from Debian's packages, to run at `mounted`."""
    unpacked = fresh / ".unpacked"
    unpack(step, packages, unpacked, fresh)
    gather_libraries(unpacked, fresh / "lib")
    stdlib = fresh / "lib/python3.11"
    shutil.copytree(unpacked / "usr/lib/python3.11", stdlib)
    for name in unused:
        shutil.rmtree(stdlib / name, ignore_errors=True)
    (fresh / "bin").mkdir()
    shutil.copy(unpacked / "usr/bin/python3.11", fresh / "bin/python3")
    relocate(step, fresh / "bin/python3", f"{mounted}/lib/{LOADER}")
    search_path(step, sorted((stdlib / "lib-dynload").glob("*.so")), f"{mounted}/lib")
    if (unpacked / "usr/bin/git").exists():
        spare_git.put(step, unpacked / "usr", fresh, mounted)
    _gather_certificates(unpacked / "usr/share/ca-certificates", fresh / "etc/ssl/certs")
    shutil.rmtree(unpacked)
    compile_folder(stdlib, f"{mounted}/lib/python3.11")


def _gather_certificates(unpacked: Path, target: Path) -> None:
    """Join the certificates into the one file that TLS clients read."""
    target.mkdir(parents=True)
    each = (path.read_bytes().rstrip() + b"\n" for path in sorted(unpacked.rglob("*.crt")))
    (target / "ca-certificates.crt").write_bytes(b"".join(each))


def build_supervisor(step: Step, python: Path, vendor: Path, files: Files, fresh: Path) -> None:
    """Make the whole bundle: the Python stage, our packages, the locked libraries, a page.

    `vendor` is the folder of scripts from npm.
    """
    shutil.copytree(python, fresh, symlinks=True, dirs_exist_ok=True, copy_function=os.link)
    site, lock = fresh / "site", fresh / "requirements.lock"
    lock.write_bytes(files["supervisor/requirements.lock"])
    install = ["-m", "uv", "pip", "install", "-q", "--require-hashes", "--no-deps"]
    only = ["--only-binary", ":all:", "--python-version", "3.11", "--link-mode", "copy"]
    step.run([sys.executable, *install, *only, "--target", str(site), "-r", str(lock)])
    write({name: content for name, content in files.items() if bundled(name)}, site)
    (site / "boot.py").write_text(BOOT)
    (site / "gp.py").write_text(GP)
    (site / "sshd.py").write_text(SSHD)
    (site / "dotfiles.py").write_text(DOTFILES)
    (site / "imagebuild.py").write_text(IMAGEBUILD)
    gp = fresh / "bin/gp"
    gp.write_text(GP_SCRIPT)
    gp.chmod(0o755)
    compile_folder(site, f"{MOUNTED}/site")
    terminals.write(terminals.gather(files, vendor), fresh / "web")
