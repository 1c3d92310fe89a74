"""Other registries behind the facade: what is passed through, and how each of their lies ends."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from blobserve.core.faults import Fault
from blobserve.registry.contents import Content
from blobserve.registry.passing import Passing
from kit.oci.asking import Patience
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Index, encode
from kit.oci.core.media import OCI_INDEX
from kit.oci.core.platforms import AMD64
from kit.oci.core.reach import networks
from kit.oci.core.references import Reference
from kit.oci.core.secrets import Credentials
from kit.oci.layout import Layout
from kit.oci.registry import Registries, Rules
from tests.kit.oci.conftest import LONG, LOOPBACK
from tests.kit.oci.images import add_image
from tests.kit.oci.registryhost import PASSWORD, USER, RegistryHost, registry_host

LARGE = {"large": os.urandom(2_000_000)}
BRIEF = Patience(silence=1)


class Upstream:
    """A registry with one image, and what asks it."""

    def __init__(self, host: RegistryHost, folder: Path, registries: Registries) -> None:
        self.host = host
        source = Layout(folder)
        self.image = add_image(source, LARGE)
        self.body = source.read(self.image.digest)
        self.layer = source.image(self.image.digest).layers[0]
        self.bytes = source.read(self.layer.digest, 1 << 24)
        host.add(source, self.image)
        self.passwords: dict[str, Credentials] = {}
        self.passing = Passing(registries, lambda: self.passwords, pause=0.01)

    @property
    def named(self) -> Reference:
        return self.host.reference()

    async def read(self, start: int = 0, end: int | None = None) -> bytes:
        content = await self.passing.blob(self.named.at(self.layer.digest))
        return await whole(content, start, end)


async def whole(content: Content, start: int = 0, end: int | None = None) -> bytes:
    size = content.size if end is None else end
    return b"".join([chunk async for chunk in content.read(start, size)])


@pytest.fixture
async def upstream(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Upstream]:
    registries = Registries(Rules(LOOPBACK, patience=getattr(request, "param", LONG)))
    async with registry_host() as host:
        yield Upstream(host, tmp_path, registries)
    await registries.close()


async def test_it_is_passed_as_it_is(upstream: Upstream) -> None:
    for name in (upstream.named, upstream.named.at(upstream.image.digest)):
        found = await upstream.passing.manifest(name)
        assert (found.body, found.digest) == (upstream.body, upstream.image.digest)
    assert await upstream.read() == upstream.bytes
    assert await upstream.read(1000, 300_000) == upstream.bytes[1000:300_000]
    assert not any(one.startswith("HEAD") for one in upstream.host.asked), "the size was known"


async def test_the_size_is_asked_for_after_a_restart(upstream: Upstream) -> None:
    assert await upstream.read() == upstream.bytes
    assert await upstream.read() == upstream.bytes
    asked = f"HEAD /v2/a/b/blobs/{upstream.layer.digest}"
    assert upstream.host.asked[asked] == 1


async def test_an_index_is_passed_too(upstream: Upstream) -> None:
    leaf = Descriptor(upstream.image.media_type, upstream.image.digest, 5, platform=AMD64)
    index = encode(Index(2, [leaf], OCI_INDEX))
    upstream.host.manifests["a/b:all"] = OCI_INDEX, index
    found = await upstream.passing.manifest(upstream.host.reference("a/b:all"))
    assert (found.media_type, found.body) == (OCI_INDEX, index)


async def test_passwords_are_those_of_now(upstream: Upstream) -> None:
    upstream.host.door = "basic"
    with pytest.raises(Fault) as refused:
        await upstream.passing.manifest(upstream.named)
    assert (refused.value.status, refused.value.code) == (403, "DENIED")
    upstream.passwords[upstream.host.host] = Credentials(USER, PASSWORD)
    assert (await upstream.passing.manifest(upstream.named)).body == upstream.body
    assert PASSWORD not in str(refused.value)


async def test_a_persons_passwords_are_nobody_elses(upstream: Upstream) -> None:
    """Also for a blob whose size the person's pull has made known."""
    upstream.host.door = "basic"
    upstream.passwords[upstream.host.host] = Credentials(USER, "the installation's, outdated")
    person = upstream.passing.of_person({upstream.host.host: Credentials(USER, PASSWORD)})
    assert (await person.manifest(upstream.named)).body == upstream.body
    blob = upstream.named.at(upstream.layer.digest)
    assert await whole(await person.blob(blob)) == upstream.bytes
    for other in (upstream.passing, upstream.passing.of_person({"h.org": Credentials("a", "b")})):
        for asked in (other.manifest(upstream.named), other.blob(blob)):
            with pytest.raises(Fault) as refused:
                await asked
            assert refused.value.code == "DENIED"


async def test_what_is_not_there(upstream: Upstream) -> None:
    with pytest.raises(Fault) as refused:
        await upstream.passing.manifest(upstream.host.reference("a/b:none"))
    assert (refused.value.status, refused.value.code) == (404, "MANIFEST_UNKNOWN")
    with pytest.raises(Fault) as refused:
        await upstream.passing.blob(upstream.named.at(digest_of(b"none")))
    assert (refused.value.status, refused.value.code) == (404, "BLOB_UNKNOWN")


async def test_a_private_address_is_not_asked(upstream: Upstream) -> None:
    registries = Registries(Rules(networks(["10.0.0.0/8"]), patience=LONG))
    passing = Passing(registries, dict)
    with pytest.raises(Fault, match="not asked") as refused:
        await passing.manifest(upstream.named)
    assert refused.value.status == 502
    await registries.close()


async def html(request: web.Request) -> web.Response:
    return web.Response(text="<html>Sign in</html>", content_type="text/html")


async def failing(request: web.Request) -> web.Response:
    return web.Response(status=500, text="oops")


async def stalling(request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def inwards(request: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": "http://169.254.169.254/latest"})


@pytest.mark.parametrize(
    ("upstream", "lie", "status"),
    [(LONG, html, 502), (LONG, failing, 503), (BRIEF, stalling, 503), (LONG, inwards, 502)],
    indirect=["upstream"],
    ids=["html", "failing", "stalling", "inwards"],
)
async def test_trouble_is_told_before_a_byte_is_sent(upstream: Upstream, lie, status: int) -> None:
    """Which of it is worth another attempt is told apart."""
    await upstream.passing.manifest(upstream.named)
    upstream.host.lie = lie
    with pytest.raises(Fault) as refused:
        await upstream.passing.manifest(upstream.named)
    assert refused.value.status == status
    assert refused.value.detail
    with pytest.raises(Fault) as refused:
        await upstream.read()
    assert refused.value.status == status


async def test_a_blob_that_is_another_one_never_arrives_whole(upstream: Upstream) -> None:
    await upstream.passing.manifest(upstream.named)
    lie = upstream.bytes[:-1] + b"x"
    upstream.host.blobs[upstream.layer.digest] = lie
    content = await upstream.passing.blob(upstream.named.at(upstream.layer.digest))
    got = bytearray()

    async def take() -> None:
        async for chunk in content.read(0, content.size):
            got.extend(chunk)

    with pytest.raises(Fault, match="something else"):
        await take()
    assert len(got) < content.size


async def test_a_blob_of_another_length(upstream: Upstream) -> None:
    await upstream.passing.manifest(upstream.named)
    for lie in (upstream.bytes + b"x", upstream.bytes[:-1]):
        upstream.host.blobs[upstream.layer.digest] = lie
        with pytest.raises(Fault, match="bytes of"):
            await upstream.read()


async def test_what_breaks_off_goes_on(upstream: Upstream) -> None:
    await upstream.passing.manifest(upstream.named)
    told = []

    async def breaking(request: web.Request) -> web.StreamResponse | None:
        if "/blobs/" not in request.path:
            return None
        told.append(request.headers.get("Range", ""))
        if len(told) > 3:
            return None
        start = int(told[-1].removeprefix("bytes=").removesuffix("-") or 0)
        size = len(upstream.bytes)
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = size - start
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        await response.prepare(request)
        await response.write(upstream.bytes[start : start + 100])
        assert request.transport is not None
        request.transport.abort()
        return response

    upstream.host.lie = breaking
    assert await upstream.read() == upstream.bytes
    assert len(told) == 4
    assert told[0] == ""
    assert told[3].startswith("bytes=")


async def test_tags(upstream: Upstream) -> None:
    async def tags(request: web.Request) -> web.Response | None:
        if request.path == "/v2/a/b/tags/list":
            return web.json_response({"name": "a/b", "tags": ["1", "2"]})
        return web.json_response({"tags": {"x": 1}}) if "odd" in request.path else None

    upstream.host.lie = tags
    assert await upstream.passing.tags(upstream.named) == ["1", "2"]
    with pytest.raises(Fault, match="no list of tags"):
        await upstream.passing.tags(upstream.host.reference("odd/x:1"))
    with pytest.raises(Fault) as refused:
        await upstream.passing.tags(upstream.host.reference("no/x:1"))
    assert refused.value.status == 404
