"""Editors are built twice, from npm's and PyPI's packages: both builds are one image."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.setup.__main__ import begin
from cli.setup.editors import version_of
from cli.setup.storing import keep, shown
from kit.oci.layout import Layout

pytestmark = [pytest.mark.torture, pytest.mark.root]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place that a build's own user reaches, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="builds-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("kind", ["jupyterlab", "ide"])
def test_two_builds_are_one_image(kind: str, folder: Path) -> None:
    digests = []
    for cache in (folder / "cache", folder / "other"):
        environ = {"PODIUM_HOME": str(folder / "home"), "PODIUM_CACHE": str(cache)}
        _, builder = begin(environ)
        if kind == "ide":
            builder.build_code()
            tree = builder.cache / "ide" / builder.plan.ide
        else:
            builder.build_jupyterlab()
            tree = builder.cache / "ide" / builder.plan.jupyterlab
        store = Layout(cache / "store")
        digests.append(keep(store, shown(kind, tree, version_of(tree))).digest)
    assert digests[0] == digests[1]
