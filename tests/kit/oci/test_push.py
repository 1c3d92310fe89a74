import pytest
from aiohttp import web

from kit.oci.core import media
from kit.oci.core.documents import Descriptor, Index, Platform, encode
from kit.oci.core.failures import Failure, Unauthorized
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout, Missing
from kit.oci.pull import Pulls
from kit.oci.push import Pushes
from kit.oci.registry import Registries
from tests.kit.oci.images import HELLO, add_image
from tests.kit.oci.registryhost import PASSWORD, USER, RegistryHost

FILES = [HELLO, {"large": bytes(range(256)) * 4000}]


@pytest.mark.parametrize("piece", [None, 1000, 1 << 20])
@pytest.mark.parametrize("door", ["", "bearer-password", "basic"])
async def test_what_was_pushed_is_pulled_the_same(
    host: RegistryHost,
    registries: Registries,
    source: Layout,
    layout: Layout,
    door: str,
    piece: int | None,
) -> None:
    host.door = door
    image = add_image(source, *FILES)
    to, secrets = host.reference("built/x:latest"), {host.host: Credentials(USER, PASSWORD)}
    await Pushes(source, registries, piece).push(image, to, secrets)
    found = await Pulls(layout, registries).pull(to, secrets)
    assert found.image.digest == image.digest
    assert layout.blobs_of(image.digest) == source.blobs_of(image.digest)


async def test_what_is_there_is_not_sent_again(
    host: RegistryHost, registries: Registries, source: Layout
) -> None:
    image = add_image(source, *FILES)
    for _ in range(2):
        await Pushes(source, registries).push(image, host.reference())
    assert host.asked["POST /v2/a/b/blobs/uploads/"] == 3
    assert host.asked["PUT /v2/a/b/manifests/1"] == 2


async def test_an_index_goes_with_all_its_platforms(
    host: RegistryHost, registries: Registries, source: Layout
) -> None:
    image = add_image(source, HELLO)
    one = Descriptor(image.media_type, image.digest, image.size, platform=Platform("amd64"))
    index = source.put_bytes(encode(Index(2, [one])), media.OCI_INDEX)
    await Pushes(source, registries).push(index, host.reference())
    assert {"a/b:1", f"a/b@{image.digest}"} == set(host.manifests)
    half = Index(2, [Descriptor(one.media_type, "sha256:" + "0" * 64, 9)])
    with pytest.raises(Missing):
        await Pushes(source, registries).push(
            source.put_bytes(encode(half), media.OCI_INDEX), host.reference()
        )


async def test_refusals(host: RegistryHost, registries: Registries, source: Layout) -> None:
    image = add_image(source, HELLO)
    pushes = Pushes(source, registries)
    host.door = "basic"
    with pytest.raises(Unauthorized):
        await pushes.push(image, host.reference())
    host.door = ""
    for status, location, why in (
        (403, "", "not for us"),
        (202, "https://evil.org/upload", "takes uploads at"),
        (202, "file:///etc/passwd", "no address"),
    ):

        async def lie(
            request: web.Request, status: int = status, location: str = location
        ) -> web.StreamResponse | None:
            if request.method != "POST":
                return None
            return web.Response(status=status, headers={"Location": location} if location else {})

        host.lie = lie
        with pytest.raises((Failure, Refused), match=why):
            await pushes.push(image, host.reference())


async def test_a_registry_that_keeps_something_else(
    host: RegistryHost, registries: Registries, source: Layout
) -> None:
    async def lie(request: web.Request) -> web.StreamResponse | None:
        if request.method == "PUT" and "/manifests/" in request.path:
            return web.Response(status=201, headers={"Docker-Content-Digest": "sha256:other"})
        return None

    host.lie = lie
    with pytest.raises(Refused, match="keeps"):
        await Pushes(source, registries).push(add_image(source, HELLO), host.reference())
