"""The commands and settings of a build. Pure; nothing of them is a shell's."""

from collections.abc import Mapping
from typing import Final

from supervisor.imagebuild.registry import ADDRESS
from wire.imagebuild import BuildPlan

ROOT: Final = "/workspace/.build"
AUTH: Final = "/run/podium/registry.json"
"""On the instance's tmpfs; only ever there while podman pulls or pushes."""
RESULT: Final = "localhost/built"
DIGEST: Final = f"{ROOT}/digest"
FOLDERS: Final = (f"{ROOT}/run", f"{ROOT}/scratch", f"{ROOT}/store")
"""On the content's disk, which is no overlay: podman's own cannot lie on one."""
_STORAGE: Final = f"{ROOT}/storage.conf"
_REGISTRIES: Final = f"{ROOT}/registries.conf"
_CONTAINERS: Final = f"{ROOT}/containers.conf"
_PODMAN: Final = "/usr/bin/podman"


def environment() -> dict[str, str]:
    """Return podman's whole environment."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "TMPDIR": f"{ROOT}/scratch",
        "XDG_RUNTIME_DIR": f"{ROOT}/run",
        "CONTAINERS_STORAGE_CONF": _STORAGE,
        "CONTAINERS_REGISTRIES_CONF": _REGISTRIES,
        "CONTAINERS_CONF": _CONTAINERS,
        "REGISTRY_AUTH_FILE": AUTH,
        "BUILDAH_ISOLATION": "chroot",
    }


def settings_files(store: str, registries: Mapping[str, str]) -> dict[str, str]:
    """Return path → text of podman's settings; `store` holds the base, empty for none.

    `registries` are those of the plan.
    """
    stores = f'additionalimagestores = ["{store}"]\n' if store else ""
    return {
        _STORAGE: (
            f'[storage]\ndriver = "overlay"\nrunroot = "{ROOT}/run"\n'
            f'graphroot = "{ROOT}/store"\n[storage.options]\n{stores}'
        ),
        # every registry is asked through the facade, which has the passwords
        _REGISTRIES: 'unqualified-search-registries = ["docker.io"]\n'
        + "".join(
            f'[[registry]]\nprefix = "{host}"\nlocation = "{ADDRESS}/{name}"\ninsecure = true\n'
            for host, name in registries.items()
        ),
        _CONTAINERS: (
            '[containers]\ncgroups = "disabled"\nnetns = "host"\n'
            '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n'
        ),
    }


def checkout_command(folder: str) -> list[str]:
    """Return what puts the commit's files in place; the clone is fresh, and no hook runs."""
    quiet = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"]
    return ["/usr/bin/git", *quiet, "-C", f"/workspace/{folder}", "checkout", "-q", "-f", "HEAD"]


def build_command(plan: BuildPlan) -> list[str]:
    """Return the build: one layer above the base, no cache, since nothing of it stays."""
    repository = f"/workspace/{plan.folder}"
    command = [
        _PODMAN,
        "build",
        "--isolation=chroot",
        "--format=oci",
        "--layers=false",
        # what the plan names is here already, and the token is gone
        "--pull=never",
        f"--tag={RESULT}",
        f"--file={repository}/{plan.dockerfile}",
    ]
    if plan.target:
        command.append(f"--target={plan.target}")
    command += [f"--build-arg={name}={value}" for name, value in plan.arguments.items()]
    return [*command, f"{repository}/{plan.context}".rstrip("/")]


def pull_command(name: str) -> list[str]:
    """Return what gets an image that the Dockerfile names."""
    return [_PODMAN, "pull", "--quiet", name]


def push_command(name: str) -> list[str]:
    """Return what hands the result over."""
    return [
        _PODMAN,
        "push",
        "--quiet",
        "--format=oci",
        "--compression-format=zstd",
        "--tls-verify=false",
        f"--digestfile={DIGEST}",
        RESULT,
        f"docker://{ADDRESS}/{name}:latest",
    ]
