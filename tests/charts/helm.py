"""Runs Helm as an operator does, and reads what it renders."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from cli.setup.helm import programs
from tests.tree.sources import ROOT

CHART = ROOT / "charts/podium"
FILES = sorted((CHART / "ci").glob("*.yaml"))
"""Values files; trying-out, the last, has all that is bundled."""
RELEASE, NAMESPACE = "podium", "tools"
_SOURCE = re.compile(r"^# Source: podium/templates/(.+)$", re.MULTILINE)

Object = dict[str, Any]


@dataclass(frozen=True)
class Rendered:
    """Objects of the chart, each with the template that it is from."""

    text: str

    @cached_property
    def objects(self) -> list[tuple[str, Object]]:
        found = []
        for piece in re.split(r"^---$", self.text, flags=re.MULTILINE):
            source = _SOURCE.search(piece)
            document = yaml.load(piece, yaml.CSafeLoader)
            if document:
                found.append((source[1] if source else found[-1][0], document))
        return found

    def of_kind(self, *kinds: str) -> list[Object]:
        return [one for _, one in self.objects if one["kind"] in kinds]

    def one(self, kind: str, name: str) -> Object:
        found = [one for one in self.of_kind(kind) if one["metadata"]["name"] == name]
        assert len(found) == 1, f"{kind} {name}: {len(found)}"
        return found[0]

    def pods(self) -> Iterator[tuple[str, Object, Object]]:
        """Yield name, metadata and spec of each pod that somebody makes of a template."""
        for one in self.of_kind("Deployment", "StatefulSet", "DaemonSet"):
            template = one["spec"]["template"]
            yield (
                one["metadata"]["name"],
                {**one["metadata"], **template["metadata"]},
                template["spec"],
            )
        for one in self.of_kind("Pod"):
            yield one["metadata"]["name"], one["metadata"], one["spec"]


class Helm:
    """Real Helm, without a cluster and with a home of its own."""

    def __init__(self, home: Path) -> None:
        cache = Path(os.environ.get("PODIUM_CACHE", "/var/cache/podium"))
        self._program = programs(cache) / "helm"
        self._home = home
        self._known: dict[tuple[str, ...], Rendered] = {}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        places = {f"HELM_{one}_HOME": str(self._home / one) for one in ("CONFIG", "CACHE", "DATA")}
        return subprocess.run(
            [self._program, *words],
            env={"PATH": "/usr/bin:/bin", "HOME": str(self._home), **places},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def template(self, *words: str) -> Rendered:
        """Return what is rendered with these words; the same words are asked for once."""
        if words not in self._known:
            done = self.run("template", RELEASE, str(CHART), "--namespace", NAMESPACE, *words)
            assert done.returncode == 0, done.stderr
            self._known[words] = Rendered(done.stdout)
        return self._known[words]

    def of_file(self, file: Path) -> Rendered:
        return self.template(*values_of(file))

    def refusal(self, *words: str) -> str:
        """Return what Helm says to values that it does not take."""
        done = self.run("template", RELEASE, str(CHART), "--namespace", NAMESPACE, *words)
        assert done.returncode != 0, "it took them"
        return done.stderr


def values_of(file: Path) -> tuple[str, ...]:
    """Return Helm's words for a values file of ci/; that of the air gap comes behind its own."""
    beside = CHART / file.name
    first = ("--values", str(beside)) if beside.exists() else ()
    return (*first, "--values", str(file))
