"""The commands and settings of a build. Pure; nothing of them is a shell's."""

from dataclasses import dataclass
from typing import Final

from supervisor.imagebuild.registry import PORT
from wire.imagebuild import BASE, REGISTRY_SOCKET, BuildPlan

RESULT: Final = "localhost/built"
BEFORE: Final = "localhost/before"
"""What the Dockerfile makes, when features are installed above it."""
_PODMAN: Final = "/usr/bin/podman"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a build has its files; everything of podman's is below one folder."""

    workspace: str = "/workspace"
    """The content's disk, which is no overlay: podman's own cannot lie on one."""
    tmpfs: str = "/run/podium"
    base: str = BASE
    registry: str = REGISTRY_SOCKET
    port: int = PORT
    """Where podman finds the registry, on loopback."""
    python: str = "/.supervisor/bin/python3"

    @property
    def address(self) -> str:
        """The registry as podman names it."""
        return f"127.0.0.1:{self.port}"

    @property
    def root(self) -> str:
        """The folder of what the build makes on the way."""
        return f"{self.workspace}/.build"

    @property
    def auth(self) -> str:
        """Podman's file of passwords; only ever there while podman pulls or pushes."""
        return f"{self.tmpfs}/registry.json"

    def secret(self, number: int) -> str:
        """The file of one of the secrets; only ever there while the Dockerfile is built."""
        return f"{self.tmpfs}/secrets/{number}"

    @property
    def digest(self) -> str:
        """The file in which podman leaves the digest of what it pushed."""
        return f"{self.root}/digest"

    @property
    def features(self) -> str:
        """The context of what installs features."""
        return f"{self.root}/features"

    @property
    def store(self) -> str:
        """The store in which the base is an image already."""
        return f"{self.root}/base"

    @property
    def folders(self) -> tuple[str, ...]:
        """What has to be there before podman."""
        return tuple(f"{self.root}/{name}" for name in ("run", "scratch", "store"))

    def repository(self, folder: str) -> str:
        """The clone."""
        return f"{self.workspace}/{folder}"


def environment(ground: Ground) -> dict[str, str]:
    """Return podman's whole environment."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "TMPDIR": f"{ground.root}/scratch",
        "XDG_RUNTIME_DIR": f"{ground.root}/run",
        "CONTAINERS_STORAGE_CONF": f"{ground.root}/storage.conf",
        "CONTAINERS_REGISTRIES_CONF": f"{ground.root}/registries.conf",
        "CONTAINERS_CONF": f"{ground.root}/containers.conf",
        "REGISTRY_AUTH_FILE": ground.auth,
        "BUILDAH_ISOLATION": "chroot",
    }


def settings_files(ground: Ground, plan: BuildPlan) -> dict[str, str]:
    """Return path → text of podman's settings."""
    root = ground.root
    stores = f'additionalimagestores = ["{ground.store}"]\n' if plan.bases else ""
    return {
        f"{root}/storage.conf": (
            f'[storage]\ndriver = "overlay"\nrunroot = "{root}/run"\n'
            f'graphroot = "{root}/store"\n[storage.options]\n{stores}'
        ),
        # every registry is asked through the facade, which has the passwords
        f"{root}/registries.conf": 'unqualified-search-registries = ["docker.io"]\n'
        + "".join(
            f'[[registry]]\nprefix = "{host}"\n'
            f'location = "{ground.address}/{name}"\ninsecure = true\n'
            for host, name in plan.registries.items()
        ),
        f"{root}/containers.conf": (
            '[containers]\ncgroups = "disabled"\nnetns = "host"\n'
            '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\n'
        ),
    }


def checkout_command(repository: str) -> list[str]:
    """Return what puts the commit's files in place; the clone is fresh, and no hook runs."""
    quiet = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"]
    return ["/usr/bin/git", *quiet, "-C", repository, "checkout", "-q", "-f", "HEAD"]


def build_command(ground: Ground, plan: BuildPlan) -> list[str]:
    """Return the build of the Dockerfile."""
    repository = ground.repository(plan.folder)
    command = _build(BEFORE if plan.features else RESULT, f"{repository}/{plan.dockerfile}")
    if plan.target:
        command.append(f"--target={plan.target}")
    command += [f"--build-arg={name}={value}" for name, value in plan.arguments.items()]
    command += [
        f"--secret=id={name},src={ground.secret(number)}"
        for number, name in enumerate(plan.secrets)
    ]
    return [*command, f"{repository}/{plan.context}".rstrip("/")]


def features_command(ground: Ground) -> list[str]:
    """Return the build of what is above it; see `supervisor.imagebuild.features`."""
    return [*_build(RESULT, f"{ground.features}/Dockerfile"), ground.features]


def _build(tag: str, file: str) -> list[str]:
    """Return the beginning: one layer above the base, no cache, since nothing of it stays."""
    return [
        _PODMAN,
        "build",
        "--isolation=chroot",
        "--format=oci",
        "--layers=false",
        # what the plan names is here already, and the token is gone
        "--pull=never",
        f"--tag={tag}",
        f"--file={file}",
    ]


def pull_command(name: str) -> list[str]:
    """Return what gets an image that the Dockerfile names."""
    return [_PODMAN, "pull", "--quiet", name]


def push_command(ground: Ground, name: str) -> list[str]:
    """Return what hands the result over."""
    return [
        _PODMAN,
        "push",
        "--quiet",
        "--format=oci",
        "--compression-format=zstd",
        "--tls-verify=false",
        f"--digestfile={ground.digest}",
        RESULT,
        f"docker://{ground.address}/{name}:latest",
    ]
