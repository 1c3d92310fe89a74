import json
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from kit.oci.core import media
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, read_manifest
from kit.oci.core.failures import Failure, NotFound, Unavailable
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout
from kit.oci.registry import Registries, Rules
from tests.kit.oci.conftest import LONG, LOOPBACK
from tests.kit.oci.images import HELLO, add_image
from tests.kit.oci.registryhost import RegistryHost

CONTENT = bytes(range(256)) * 100
BLOB = Descriptor("x", digest_of(CONTENT), len(CONTENT))
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
def image(host: RegistryHost, source: Layout) -> Descriptor:
    made = add_image(source, HELLO)
    host.add(source, made)
    host.blobs[BLOB.digest] = CONTENT
    return made


def says(status: int = 200, body: bytes | str = b"", **headers: str) -> Handler:
    async def lie(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, body=body, headers=named)

    return lie


async def load(registries: Registries, host: RegistryHost, offset: int = 0) -> bytes:
    async with registries.blob(host.reference(), BLOB, offset) as body:
        assert body.offset == offset
        return b"".join([one async for one in body.chunks])


async def test_a_manifest_by_tag_and_by_digest(
    host: RegistryHost, registries: Registries, image: Descriptor
) -> None:
    found = await registries.manifest(host.reference())
    assert found.descriptor == Descriptor(image.media_type, image.digest, image.size)
    assert read_manifest(found.body, found.descriptor.media_type)
    at = host.reference().at(image.digest)
    assert (await registries.manifest(at)).descriptor == found.descriptor
    assert (await registries.head(host.reference())).digest == image.digest
    assert media.OCI_INDEX in host.headers[0]["Accept"]


async def test_a_blob_whole_and_from_a_place_on(
    host: RegistryHost, registries: Registries, image: Descriptor
) -> None:
    assert await load(registries, host) == CONTENT
    assert await load(registries, host, 1000) == CONTENT[1000:]


async def test_what_is_not_there(host: RegistryHost, registries: Registries) -> None:
    with pytest.raises(NotFound, match="it is not known"):
        await registries.manifest(host.reference())
    with pytest.raises(NotFound):
        await load(registries, host)
    host.lie = says(404)
    with pytest.raises(NotFound):
        await registries.head(host.reference())


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (says(body="<html>", Content_Type="text/html; charset=utf-8"), "web page"),
        (says(body="{}", Content_Type="image/png"), "no image"),
        (says(body="{}", Content_Type=media.OCI_MANIFEST, Content_Encoding="gzip"), "compresses"),
        (says(body=b" " * 5_000_000, Content_Type=media.OCI_MANIFEST), "more than"),
        (
            says(
                body="{}",
                Content_Type="application/json",
                Docker_Content_Digest="sha256:" + "0" * 64,
            ),
            "says that it is",
        ),
    ],
)
async def test_manifests_that_lie(
    host: RegistryHost, registries: Registries, handler: Handler, why: str
) -> None:
    host.lie = handler
    with pytest.raises(Refused, match=why):
        await registries.manifest(host.reference())


async def test_another_manifest_than_the_one_of_that_digest(
    host: RegistryHost, registries: Registries
) -> None:
    host.lie = says(body="{}", Content_Type=media.OCI_MANIFEST)
    at = host.reference().at("sha256:" + "0" * 64)
    with pytest.raises(Refused, match="says that it is"):
        await registries.manifest(at)
    host.lie = says()
    with pytest.raises(Refused, match="does not say which"):
        await registries.head(host.reference())


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (says(body="<html>", Content_Type="text/html"), "web page"),
        (says(body=CONTENT + b"x"), "25601 bytes"),
        (says(body=CONTENT[:-1]), "25599 bytes"),
        (says(body=CONTENT, Content_Encoding="gzip"), "changes the bytes"),
        (says(206, CONTENT), "asked for bytes"),
    ],
)
async def test_blobs_that_cannot_be_it(
    host: RegistryHost, registries: Registries, handler: Handler, why: str
) -> None:
    host.lie = handler
    with pytest.raises(Refused, match=why):
        await load(registries, host)


async def test_a_registry_that_knows_no_parts_sends_all_of_it(
    host: RegistryHost, registries: Registries
) -> None:
    host.lie = says(body=CONTENT)
    async with registries.blob(host.reference(), BLOB, 1000) as body:
        assert body.offset == 0
        assert b"".join([one async for one in body.chunks]) == CONTENT


async def test_busy_and_failing_registries(host: RegistryHost, registries: Registries) -> None:
    host.lie = says(429, json.dumps({"errors": [{"message": "toomany"}]}), Retry_After="9")
    with pytest.raises(Unavailable, match="toomany") as told:
        await registries.manifest(host.reference())
    assert told.value.wait == 9
    host.lie = says(502, "<html>")
    with pytest.raises(Unavailable, match="failed with 502"):
        await registries.manifest(host.reference())
    host.lie = says(418)
    with pytest.raises(Failure, match="418"):
        await registries.manifest(host.reference())


async def test_without_permission_loopback_is_not_asked(host: RegistryHost) -> None:
    registries = Registries()
    with pytest.raises(Refused, match="not asked at"):
        await registries.manifest(host.reference())
    await registries.close()
    assert not host.asked


async def test_mirrors_are_asked_first_and_told_for_whom(
    host: RegistryHost, other: RegistryHost, image: Descriptor
) -> None:
    rules = Rules(LOOPBACK, {other.host: (host.host,)}, LONG)
    registries = Registries(rules)
    found = await registries.manifest(other.reference())
    assert found.descriptor.digest == image.digest
    assert await load(registries, other) == CONTENT
    assert not other.asked
    # what a mirror does not have, or cannot say, the registry is asked for
    other.manifests, other.blobs = dict(host.manifests), dict(host.blobs)
    host.manifests.clear()
    host.lie = says(500)
    assert (await registries.manifest(other.reference())).descriptor.digest == image.digest
    assert await load(registries, other) == CONTENT
    assert host.asked["GET /v2/a/b/manifests/1"] == 2
    assert host.asked[f"GET /v2/a/b/blobs/{BLOB.digest}"] == 1, "not again just after it failed"
    await registries.close()
