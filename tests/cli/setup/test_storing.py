"""Folders of set-up become images of the store, which a real registry takes."""

import asyncio
import json
import os
from base64 import b64encode
from pathlib import Path

import pytest

from cli.setup.storing import NotPushedError, Source, keep, push, root, shown
from kit.oci.core.reach import networks
from kit.oci.core.references import parse
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout
from kit.oci.pull import Pulls
from kit.oci.registry import Registries, Rules
from tests.kit.oci.test_debian_registry import PASSWORD, USER, docker_registry

DIGEST = "0123456789ab"


def code(folder: Path, version: str = "1.2.3") -> Source:
    tree = folder / "cache/ide" / DIGEST
    (tree / "bin").mkdir(parents=True)
    (tree / "bin/node").write_bytes(b"\x7fELF")
    compiled = tree / "vscode/out/compiled"
    compiled.mkdir(parents=True)
    (compiled / "x").write_bytes(os.urandom(9))  # V8's, other bytes in each build
    return shown("ide", tree, version)


def test_an_editor_is_named_by_folder_and_version(tmp_path: Path) -> None:
    store, source = Layout(tmp_path / "images"), code(tmp_path)
    image = keep(store, source)
    assert {name: one.digest for name, one in store.names().items()} == {
        f"podium/code:{DIGEST}": image.digest,
        "podium/code:1.2.3": image.digest,
    }
    config = store.config(store.image(image.digest))
    assert config.config is not None
    assert config.config.labels == {
        "org.opencontainers.image.revision": DIGEST,
        "org.opencontainers.image.title": "podium/code",
        "org.opencontainers.image.version": "1.2.3",
    }
    # what is there is not made again
    (tmp_path / "cache/ide" / DIGEST / "bin/node").unlink()
    assert keep(store, source) == image
    # another machine, which has built the same
    other = Layout(tmp_path / "other")
    assert keep(other, code(tmp_path / "machine")) == image


def test_a_root_begins_as_gitpods_do(tmp_path: Path) -> None:
    folder = tmp_path / "images" / DIGEST
    (folder / "rootfs/etc").mkdir(parents=True)
    store = Layout(tmp_path / "store")
    image = keep(store, root("default", folder))
    config = store.config(store.image(image.digest))
    assert config.config is not None
    assert config.config.user == "gitpod"
    assert store.names().keys() == {f"podium/default:{DIGEST}", "podium/default:latest"}


@pytest.mark.root
def test_the_store_stays_its_owners(tmp_path: Path) -> None:
    store = Layout(tmp_path / "images")
    store.folder.mkdir()
    os.chown(store.folder, 4711, 4712)
    keep(store, code(tmp_path))
    owners = {(one.stat().st_uid, one.stat().st_gid) for one in store.folder.rglob("*")}
    assert owners == {(4711, 4712)}


async def test_it_is_pushed_with_the_installations_password(tmp_path: Path) -> None:
    store = Layout(tmp_path / "images")
    image = keep(store, code(tmp_path))
    async with docker_registry(tmp_path, closed=True) as host:
        auth = tmp_path / "config.json"
        basic = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        auth.write_text(json.dumps({"auths": {host: {"auth": basic}}}))
        environ = {"PODIUM_REGISTRY_NETWORKS": "127.0.0.0/8"}
        name = f"{host}/team/code:1.2.3"
        with pytest.raises(NotPushedError, match="team/code"):
            await asyncio.to_thread(push, store, image, name, environ)
        environ["PODIUM_REGISTRY_AUTH"] = str(auth)
        assert await asyncio.to_thread(push, store, image, name, environ) == (
            f"{host}/team/code@{image.digest}"
        )
        registries = Registries(Rules(networks(["127.0.0.0/8"])))
        pulls = Pulls(Layout(tmp_path / "back"), registries)
        pulled = await pulls.pull(parse(name), {host: Credentials(USER, PASSWORD)})
        assert pulled.image.digest == image.digest
        await pulls.close()
        await registries.close()


def test_what_is_no_place_for_it_is_told(tmp_path: Path) -> None:
    store = Layout(tmp_path / "images")
    image = keep(store, code(tmp_path))
    for name in ("Not a name", "registry.invalid/code:1"):
        with pytest.raises(NotPushedError, match=name[:5]):
            push(store, image, name, {})
