"""An installation on a real cluster, as its operator sees it: Helm, kubectl, a port-forward."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from cli.setup.helm import programs
from tests.e2e.journey import Workspace
from tests.ports import free_port
from tests.tree.sources import ROOT

RELEASE, NAMESPACE, SPACE = "podium-test", "podium-test", "podium-test-workspaces"
CHART = ROOT / "charts/podium"
LEFT = frozenset({"secret/podium-test-master-key", "secret/podium-test-installation"})
"""What stays on purpose, beside volumes."""
KINDS = (
    *("Pod", "Secret", "ConfigMap", "Service", "ServiceAccount", "Deployment", "DaemonSet"),
    *("StatefulSet", "Role", "RoleBinding", "NetworkPolicy", "PodDisruptionBudget", "Namespace"),
)
"""What the chart or the server make, and what is looked for at the end."""
_PATIENCE = 900


class CommandFailedError(Exception):
    """A program ended with an error; the text is what it said."""


class Installed:
    """What tests/e2e/journey.py asks of an installation, and what an operator does with it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {**os.environ, **environ}
        self._programs = programs(Path(environ.get("PODIUM_CACHE", "/var/cache/podium")))
        self._port = free_port()
        self._forward: subprocess.Popen[str] | None = None
        self.workspace = Workspace("", "")
        self.instance = ""

    @property
    def dashboard(self) -> str:
        return f"http://podium.localhost:{self._port}"

    def ide(self, workspace: str) -> str:
        return f"http://{workspace}.ws.localhost:{self._port}"

    def port(self, number: int) -> str:
        return f"http://{number}-{self.workspace.id}.ws.localhost:{self._port}"

    def login_link(self) -> str:
        words = ("exec", "deployment/podium-test-server", "-c", "server", "--")
        told = self.kubectl("-n", NAMESPACE, *words, "python3", "/etc/podium/server/login-link.py")
        return told.strip()

    def helm(self, *words: str) -> str:
        return self._run("helm", *words)

    def kubectl(self, *words: str) -> str:
        return self._run("kubectl", *words)

    def about(self) -> str:
        return self.kubectl("version") + self.kubectl("get", "nodes", "-o", "wide")

    def install(self) -> None:
        self.helm("install", RELEASE, str(CHART), "--create-namespace", *self._values())

    def upgrade(self, *more: str) -> None:
        self.helm("upgrade", RELEASE, str(CHART), *self._values(), *more)

    def ready(self) -> None:
        """Wait until all that the chart has runs."""
        for space, what in (
            (NAMESPACE, "deployment/podium-test-server"),
            (NAMESPACE, "deployment/podium-test-proxy"),
            (NAMESPACE, "statefulset/podium-test-blobserve"),
            (SPACE, "daemonset/podium-test-daemon"),
        ):
            self.kubectl("-n", space, "rollout", "status", what, f"--timeout={_PATIENCE}s")

    def forward(self) -> None:
        """Make a way to a proxy that is there now."""
        self._end_forward()
        ports = f"{self._port}:{self._port}"
        self._forward = subprocess.Popen(
            [
                self._programs / "kubectl",
                "-n",
                NAMESPACE,
                "port-forward",
                "svc/podium-test-proxy",
                ports,
            ],
            env=self._environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._forward.stdout is not None
        assert "Forwarding" in self._forward.stdout.readline(), "kubectl makes no way"

    def uid(self) -> str:
        """Return who the workspace's pod is."""
        words = ("get", "pod", self.workspace.id, "-o", "jsonpath={.metadata.uid}")
        return self.kubectl("-n", SPACE, *words)

    def uninstall(self) -> None:
        self._end_forward()
        self.helm("uninstall", RELEASE, "-n", NAMESPACE, "--wait", f"--timeout={_PATIENCE}s")

    def nothing_left(self) -> None:
        """Look for what the chart or the server have made, and remove what stays on purpose."""
        found = set[str]()
        for label in (
            f"app.kubernetes.io/instance={RELEASE}",
            f"podium.dev/installation={self._name}",
        ):
            words = ("get", ",".join(KINDS), "--all-namespaces", "-l", label)
            rows = self.kubectl(*words, "-o", "name")
            found |= set(rows.split())
        assert found <= LEFT, sorted(found - LEFT)
        self.kubectl("delete", "namespace", NAMESPACE, "--wait")

    @property
    def _name(self) -> str:
        return f"{NAMESPACE}-{RELEASE}"

    def _values(self) -> list[str]:
        images = f"images.registry={self._environ['PODIUM_IMAGES']}"
        url = f"address.url={self.dashboard}"
        return [
            *("--namespace", NAMESPACE, "--wait", f"--timeout={_PATIENCE}s"),
            *("--values", str(CHART / "ci/trying-out.yaml"), "--set", images, "--set", url),
        ]

    def _run(self, program: str, *words: str) -> str:
        done = subprocess.run(
            [self._programs / program, *words],
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandFailedError(f"{program} {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def _end_forward(self) -> None:
        if self._forward is not None:
            self._forward.kill()
            self._forward.communicate()
            self._forward = None
