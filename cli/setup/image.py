"""The default workspace image: Debian with the tools of cli/setup/image-packages.txt.

Made by mmdebstrap from the host's own package sources, unpacked once with the image's
owner ids; the daemon mounts it with another id mapping for each workspace.
"""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from cli.setup.debs import RELEASE, sources
from cli.setup.progress import Step

USER = "gitpod"
USER_ID = "33333"
_LEFT_OUT = ("man", "doc", "locale", "info", "lintian")
_KEPT = ("/usr/share/doc/*/copyright", "/usr/share/locale/locale.alias")
_SUDOERS = f"{USER} ALL=(ALL:ALL) NOPASSWD:ALL\n"
_MOUNT_POINTS = ("workspace", ".supervisor", "ide")


def build(step: Step, packages: list[str], fresh: Path) -> None:
    """Make rootfs/ and image.json."""
    root = fresh / "rootfs"
    step.run(bootstrap(packages, sources(step), root))
    _make_user(step, root)
    for name in ("etc/hostname", "etc/resolv.conf", "etc/machine-id"):
        (root / name).write_text("")
    shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)
    (root / "var/lib/apt/lists").mkdir()
    for section in range(1, 9):
        # install scripts link manual pages here and fail without the folder
        (root / f"usr/share/man/man{section}").mkdir(parents=True, exist_ok=True)
    (root / "etc/default/locale").write_text("LANG=C.UTF-8\n")
    made = datetime.now(UTC).isoformat(timespec="seconds")
    record = {"name": "default", "packages": packages, "created": made}
    (fresh / "image.json").write_text(json.dumps(record, indent=1))


def bootstrap(packages: list[str], mirrors: list[str], root: Path) -> list[str]:
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
        f"--include={','.join(packages)}",
        RELEASE,
        str(root),
        *mirrors,
    ]


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
