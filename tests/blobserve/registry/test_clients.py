"""Real clients and a real registry: Debian's docker-registry behind the facade, skopeo before."""

import json
import os
import time
from base64 import b64encode
from pathlib import Path

import aiohttp
import pytest

from blobserve.core.names import parse_name
from blobserve.registry.passing import Passing
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout as Store
from kit.oci.registry import Registries, Rules
from supervisor.imagebuild.words import failure
from tests.blobserve.facades import Served, ran, served
from tests.kit.oci.conftest import LOOPBACK
from tests.kit.oci.images import add_image
from tests.kit.oci.registryhost import registry_host
from tests.kit.oci.test_debian_registry import PASSWORD, USER, docker_registry
from wire.registry import FOR, facade_name

KEY = "a" * 64
INSTANCE = "amber-otter-4k2hw9xz1q.3"
OTHER = "dusty-wren-f4k7q2n9xe.1"


def made(folder: Path) -> tuple[Store, str]:
    """Return a store with an image `one`, and its digest."""
    source = Store(folder / "source")
    big = os.urandom(3_000_000)
    image = add_image(source, {"etc/motd": b"hello\n"}, {"big": big})
    source.tag("one", image)
    return source, image.digest


async def test_a_base_is_taken_through_the_facade(tmp_path: Path) -> None:
    """Out of a registry with a password, by who needs none; nothing of it is kept."""
    source, digest = made(tmp_path)
    registries = Registries(Rules(LOOPBACK))
    async with docker_registry(tmp_path, closed=True) as host:
        secrets = {host: Credentials(USER, PASSWORD)}
        await pushed(source, f"docker://{host}/library/base:1", f"{USER}:{PASSWORD}")
        async with served(tmp_path, Passing(registries, lambda: secrets)) as there:
            name = f"docker://{there.own}/{facade_name(host, 'library/base')}"
            back = Store(tmp_path / "back")
            await ran(
                "skopeo", "copy", "--src-tls-verify=false", f"{name}:1", f"oci:{back.folder}:x"
            )
            assert back.resolve("x").digest == digest
            assert back.blobs_of(digest) == source.blobs_of(digest)
            told = json.loads(
                await ran("skopeo", "inspect", "--tls-verify=false", f"{name}@{digest}")
            )
            assert told["Digest"] == digest
            assert told["RepoTags"] == ["1"]
            assert list(there.store.digests()) == []
            wrong = await ran("skopeo", "inspect", "--tls-verify=false", f"{name}:2", code=1)
            assert "manifest unknown" in wrong.lower()
            # a person's password counts for who asks in that person's name, and for nobody else
            secrets.clear()
            shown = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            there.tickets.open_pull(INSTANCE, f"{host}:{shown}")
            url = f"http://{there.own}/v2/{facade_name(host, 'library/base')}/manifests/1"
            async with aiohttp.ClientSession() as session:
                for instance, status in ((INSTANCE, 200), (OTHER, 403), ("../x", 403), ("", 403)):
                    async with session.get(url, headers={FOR: instance}) as reply:
                        assert reply.status == status
            strange = f"docker://{there.strangers}/{facade_name(host, 'library/base')}:1"
            wrong = await ran("skopeo", "inspect", "--tls-verify=false", strange, code=1)
            assert "token is needed" in wrong
    await registries.close()


async def test_a_build_pushes_and_everybody_with_a_right_takes_it(tmp_path: Path) -> None:
    source, digest = made(tmp_path)
    async with served(tmp_path) as there:
        auth = there.authfile(there.tickets.open_build(KEY, until=time.time() + 60))
        to = f"docker://{there.strangers}/built/{KEY}:latest"
        flags = ["--dest-tls-verify=false", f"--dest-authfile={auth}"]
        await ran("skopeo", "copy", *flags, f"oci:{source.folder}:one", to)
        assert there.store.resolve(f"built/{KEY}").digest == digest
        wrong = await ran("skopeo", "copy", *flags, f"oci:{source.folder}:one", other(to), code=1)
        assert "403 (Forbidden)" in wrong
        back = Store(tmp_path / "back")
        flags = ["--src-tls-verify=false"]
        await ran("skopeo", "copy", *flags, own(there, to), f"oci:{back.folder}:two")
        assert back.resolve("two").digest == digest


async def test_a_start_is_composed_above_an_image_of_another_registry(tmp_path: Path) -> None:
    """The base is never copied: its layers pass through, while others are made of a folder.

    The base is behind a password, which the installation has not: the person of the start does.
    """
    source, digest = made(tmp_path)
    tree = tmp_path / "cache/supervisor/0123456789ab"
    tree.mkdir(parents=True)
    (tree / "run").write_text("hello")
    registries = Registries(Rules(LOOPBACK))
    async with docker_registry(tmp_path, closed=True) as host:
        await pushed(source, f"docker://{host}/library/base:1", f"{USER}:{PASSWORD}")
        async with served(tmp_path, Passing(registries, dict)) as there:
            base, above = f"{host}/library/base@{digest}", ["supervisor/0123456789ab"]
            back = Store(tmp_path / "back")
            name = f"docker://{there.strangers}/instance/{INSTANCE}:latest"
            token = there.tickets.open_instance(INSTANCE, base, above)
            flags = ["--src-tls-verify=false", f"--src-authfile={there.authfile(token)}"]
            said = await ran("skopeo", "copy", *flags, name, f"oci:{back.folder}:x", code=1)
            assert "wants a password" in said
            shown = f"{host}:{b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
            token = there.tickets.open_instance(INSTANCE, base, above, shown)
            flags = ["--src-tls-verify=false", f"--src-authfile={there.authfile(token)}"]
            await ran("skopeo", "copy", *flags, name, f"oci:{back.folder}:x")
            image = back.image(back.resolve("x").digest)
            below = source.image(digest).layers
            assert image.layers[: len(below)] == below
            assert image.annotations["io.gitpod.workspace-image.ref"] == base
            assert list(there.store.digests()) == []
            wrong = name.replace(f"instance/{INSTANCE}", facade_name(host, "library/base"))
            said = await ran("skopeo", "copy", *flags, wrong, f"oci:{back.folder}:y", code=1)
            assert "worth another image" in said
    await registries.close()


@pytest.mark.root
async def test_a_store_that_is_full_says_so_to_who_pushes(tmp_path: Path) -> None:
    """The builder makes `build_disk_full` of what podman, or skopeo, then says."""
    source, _digest = made(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    await ran("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", home)
    try:
        async with served(tmp_path) as there:
            auth = there.authfile(there.tickets.open_build(KEY, until=time.time() + 60))
            target = f"docker://{there.strangers}/built/{KEY}:latest"
            command = ["skopeo", "copy", "--dest-tls-verify=false", f"--dest-authfile={auth}"]
            said = await ran(*command, f"oci:{source.folder}:one", target, code=1)
    finally:
        await ran("umount", "--lazy", home)
    assert failure(said.splitlines(), 1).code == "disk_full", said


async def test_a_layer_that_is_another_one_is_no_image(tmp_path: Path) -> None:
    source, digest = made(tmp_path)
    registries = Registries(Rules(LOOPBACK))
    async with registry_host() as host:
        host.add(source, source.resolve("one"))
        layer = source.image(digest).layers[1].digest
        host.blobs[layer] = host.blobs[layer][:-1] + b"x"
        async with served(tmp_path, Passing(registries, dict)) as there:
            name = f"docker://{there.own}/{facade_name(host.host, 'a/b')}:1"
            back = Store(tmp_path / "back")
            command = ["skopeo", "copy", "--src-tls-verify=false", name, f"oci:{back.folder}:x"]
            await ran(*command, code=1)
            assert back.resolve("x") is None
            assert not back.has(layer)
    await registries.close()


async def test_docker_words_are_taken_as_well(tmp_path: Path) -> None:
    source, _digest = made(tmp_path)
    async with served(tmp_path) as there:
        auth = there.authfile(there.tickets.open_build(KEY, until=time.time() + 60))
        to = f"docker://{there.strangers}/built/{KEY}:latest"
        flags = ["--format=v2s2", "--dest-tls-verify=false", f"--dest-authfile={auth}"]
        await ran("skopeo", "copy", *flags, f"oci:{source.folder}:one", to)
        told = json.loads(
            await ran("skopeo", "inspect", "--raw", "--tls-verify=false", own(there, to))
        )
        assert told["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"


def other(name: str) -> str:
    return name.replace(KEY, "b" * 64)


def own(there: Served, name: str) -> str:
    return name.replace(there.strangers, there.own)


async def pushed(source: Store, to: str, creds: str) -> None:
    flags = ["--dest-tls-verify=false", *([f"--dest-creds={creds}"] if creds else [])]
    await ran("skopeo", "copy", *flags, f"oci:{source.folder}:one", to)


def test_names_are_read_as_they_are_written() -> None:
    assert str(parse_name(facade_name("127.0.0.1:5000", "x"))) == "127.0.0.1_5000/x"
