"""The writing half of the distribution API, request by request: what is taken, and what is not."""

import io
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest

from kit.oci.core.digests import digest_of
from kit.oci.core.media import OCI_MANIFEST
from kit.oci.layout import Layout as Store
from tests.blobserve.facades import Served, served
from tests.kit.oci.images import add_image
from tests.waiting import until

KEY, OTHER = "a" * 64, "b" * 64
BODY = b"some layer" * 1000
DIGEST = digest_of(BODY)


class Client:
    """Somebody with the token of a build of 100,000 bytes."""

    def __init__(self, there: Served, session: aiohttp.ClientSession, **ticket: object) -> None:
        told = {"until": time.time() + 60, "most": 100_000, **ticket}
        self.there = there
        self.token = there.tickets.open_build(KEY, **told)
        self.session = session

    async def ask(self, method: str, path: str, body: bytes | None = None, **headers: str):
        """Return status, headers and body of an answer; paths without `/v2` are below the name."""
        url = path if path.startswith("/v2") else f"/v2/built/{KEY}/{path}"
        said = {"Authorization": f"Bearer {self.token}"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        base = f"http://{self.there.strangers}"
        async with self.session.request(
            method, base + url, data=io.BytesIO(body or b""), headers=said
        ) as reply:
            return reply.status, reply.headers, await reply.read()

    async def begin(self) -> str:
        status, headers, _ = await self.ask("POST", "blobs/uploads/")
        assert status == 202
        return headers["Location"]

    async def put(self, body: bytes) -> int:
        """Push a blob in one request and return the status."""
        where = f"blobs/uploads/?digest={digest_of(body)}"
        return (await self.ask("POST", where, body))[0]


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as one:
        yield one


@pytest.fixture
async def client(there: Served) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(there, session)


async def test_in_one_request(client: Client) -> None:
    status, headers, _ = await client.ask("POST", f"blobs/uploads/?digest={DIGEST}", BODY)
    assert status == 201
    assert headers["Docker-Content-Digest"] == DIGEST
    assert headers["Location"] == f"/v2/built/{KEY}/blobs/{DIGEST}"
    status, headers, body = await client.ask("GET", headers["Location"])
    assert (status, body) == (200, BODY)
    status, headers, _ = await client.ask("HEAD", f"blobs/{DIGEST}")
    assert (status, headers["Content-Length"]) == (200, str(len(BODY)))
    status, headers, body = await client.ask("GET", f"blobs/{DIGEST}", Range="bytes=3-7")
    assert (status, body, headers["Content-Range"]) == (206, BODY[3:8], f"bytes 3-7/{len(BODY)}")


async def test_in_pieces(client: Client) -> None:
    where = await client.begin()
    status, headers, _ = await client.ask("PATCH", where, BODY[:4000], Content_Range="0-3999")
    assert (status, headers["Range"]) == (202, "0-3999")
    status, headers, _ = await client.ask("GET", where)
    assert (status, headers["Range"]) == (204, "0-3999")
    status, _, _ = await client.ask("PATCH", where, BODY[5000:], Content_Range="5000-9999")
    assert status == 416
    status, headers, _ = await client.ask("PATCH", where, BODY[4000:])
    assert status == 202
    status, _, _ = await client.ask("PUT", f"{where}?digest={DIGEST}")
    assert status == 201
    assert client.there.store.read(DIGEST, 20_000) == BODY
    assert (await client.ask("GET", where))[0] == 404


async def test_the_last_piece_comes_with_the_digest(client: Client) -> None:
    where = await client.begin()
    await client.ask("PATCH", where, BODY[:4000])
    assert (await client.ask("PUT", f"{where}?digest={DIGEST}", BODY[4000:]))[0] == 201


async def test_what_is_not_its_digest_is_nowhere(client: Client) -> None:
    where = f"blobs/uploads/?digest={digest_of(b'other')}"
    status, _, body = await client.ask("POST", where, BODY)
    assert status == 400
    assert b"DIGEST_INVALID" in body
    assert list(client.there.store.digests()) == []
    assert list((client.there.store.folder / "ingest").iterdir()) == []
    where = await client.begin()
    for digest in ("", "sha256:short", "md5:x"):
        assert (await client.ask("PUT", f"{where}?digest={digest}", BODY))[0] == 400


async def test_an_upload_can_be_given_up(client: Client) -> None:
    where = await client.begin()
    assert (await client.ask("DELETE", where))[0] == 204
    assert (await client.ask("PATCH", where, b"x"))[0] == 404
    assert list((client.there.store.folder / "ingest").iterdir()) == []


async def test_no_more_is_written_than_the_ticket_says(client: Client) -> None:
    assert await client.put(b"x" * 60_000) == 201
    status, _, body = await client.ask(
        "POST", f"blobs/uploads/?digest={digest_of(b'y' * 60_000)}", b"y" * 60_000
    )
    assert status == 413
    assert b"at most 100000 bytes" in body
    where = await client.begin()
    assert (await client.ask("PATCH", where, b"y" * 60_000))[0] == 413
    assert await client.put(b"z" * 40_000) == 201
    ingest = client.there.store.folder / "ingest"
    await client.ask("DELETE", where)
    assert list(ingest.iterdir()) == []


async def test_a_name_has_only_so_many_uploads_open(client: Client) -> None:
    for _ in range(16):
        await client.begin()
    assert (await client.ask("POST", "blobs/uploads/"))[0] == 429


async def test_a_blob_of_another_name_is_not_there(client: Client) -> None:
    """Knowing a digest gives nobody the layer, neither to read nor to put into an image."""
    image = add_image(client.there.store, {"secret": b"s"})
    client.there.store.tag(f"built/{OTHER}", image)
    layer = client.there.store.image(image.digest).layers[0].digest
    for method in ("GET", "HEAD"):
        assert (await client.ask(method, f"blobs/{layer}"))[0] == 404
        assert (await client.ask(method, f"/v2/built/{OTHER}/blobs/{layer}"))[0] == 403
    where = f"blobs/uploads/?mount={layer}&from=built/{OTHER}"
    assert (await client.ask("POST", where))[0] == 202, "it is to be pushed"
    status, _, body = await put_manifest(client, client.there.store.read(image.digest))
    assert status == 400
    assert b"MANIFEST_BLOB_UNKNOWN" in body


async def test_what_the_ticket_reads_is_mounted(there: Served) -> None:
    image = add_image(there.store, {"shared": b"s"})
    there.store.tag(f"built/{OTHER}", image)
    layer = there.store.image(image.digest).layers[0]
    async with aiohttp.ClientSession() as session:
        client = Client(there, session, reads=[f"built/{OTHER}"])
        where = f"blobs/uploads/?mount={layer.digest}&from=built/{OTHER}"
        assert (await client.ask("POST", where))[0] == 201
        assert (await client.ask("HEAD", f"blobs/{layer.digest}"))[0] == 200
        where = f"blobs/uploads/?mount={digest_of(b'none')}&from=built/{OTHER}"
        assert (await client.ask("POST", where))[0] == 202


async def test_what_the_ticket_knows_need_not_be_pushed(there: Served) -> None:
    source = add_image(there.store, {"base": b"b"})
    manifest = there.store.image(source.digest)
    layer, config = manifest.layers[0].digest, manifest.config
    async with aiohttp.ClientSession() as session:
        client = Client(there, session, known=[layer, digest_of(b"gone")])
        assert (await client.ask("HEAD", f"blobs/{layer}"))[0] == 200
        assert (await client.ask("HEAD", f"blobs/{digest_of(b'gone')}"))[0] == 404
        assert await client.put(there.store.read(config.digest)) == 201
        status, _, _ = await put_manifest(client, there.store.read(source.digest))
        assert status == 201


async def put_manifest(
    client: Client, body: bytes, reference: str = "latest", kind: str = OCI_MANIFEST
):
    return await client.ask("PUT", f"manifests/{reference}", body, Content_Type=kind)


async def pushed(client: Client, folder: Path) -> bytes:
    """Push the parts of an image and return its manifest."""
    source = Store(folder)
    image = add_image(source, {"a": b"1"}, {"b": b"2"})
    for one in source.image(image.digest).blobs:
        assert await client.put(source.read(one.digest)) == 201
    return source.read(image.digest)


async def test_an_image_is_there_when_its_manifest_is(client: Client, tmp_path: Path) -> None:
    manifest = await pushed(client, tmp_path / "source")
    assert (await client.ask("GET", "manifests/latest"))[0] == 404
    status, headers, _ = await put_manifest(client, manifest)
    digest = f"sha256:{sha256(manifest).hexdigest()}"
    assert (status, headers["Docker-Content-Digest"]) == (201, digest)
    status, headers, body = await client.ask("GET", "manifests/latest")
    assert (status, body, headers["Content-Type"]) == (200, manifest, OCI_MANIFEST)
    assert (await client.ask("GET", f"manifests/{digest}"))[2] == manifest
    tags = await client.ask("GET", "tags/list")
    assert tags[2] == b'{"name": "built/%b", "tags": ["latest"]}' % KEY.encode()


async def test_manifests_that_are_not_taken(client: Client, tmp_path: Path) -> None:
    manifest = await pushed(client, tmp_path / "source")
    lying = manifest.replace(b'"size":', b'"size":1', 1)
    for body, reference, kind, code in (
        (manifest, "other", OCI_MANIFEST, b"MANIFEST_INVALID"),
        (manifest, digest_of(b"x"), OCI_MANIFEST, b"DIGEST_INVALID"),
        (manifest, "latest", "text/html", b"MANIFEST_INVALID"),
        (lying, "latest", OCI_MANIFEST, b"MANIFEST_INVALID"),
        (b"{}", "latest", OCI_MANIFEST, b"MANIFEST_INVALID"),
        (b"[" * 100_000, "latest", OCI_MANIFEST, b"MANIFEST_INVALID"),
        (b'{"schemaVersion":2,"manifests":[]}', "latest", "", b"MANIFEST_INVALID"),
        (b" " * (5 << 20), "latest", OCI_MANIFEST, b"SIZE_INVALID"),
    ):
        status, _, said = await put_manifest(client, body, reference, kind)
        assert status in {400, 413}
        assert code in said
    assert client.there.store.names() == {}


async def test_the_token_ends_with_its_ticket(client: Client) -> None:
    where = await client.begin()
    await client.ask("PATCH", where, b"half")
    client.there.tickets.close_build(KEY)
    for method, path in (("PATCH", where), ("GET", "/v2/"), ("POST", "blobs/uploads/")):
        status, headers, body = await client.ask(method, path)
        assert status == 401
        assert headers["WWW-Authenticate"].startswith("Basic ")
        assert b"UNAUTHORIZED" in body


async def test_what_a_build_leaves_behind_is_swept(client: Client, tmp_path: Path) -> None:
    await pushed(client, tmp_path / "source")
    where = await client.begin()
    await client.ask("PATCH", where, b"half")
    there = client.there
    ingest = there.store.folder / "ingest"
    assert len(list(ingest.iterdir())) == 1
    await there.facade.sweep_once()
    assert len(list(ingest.iterdir())) == 1
    there.tickets.close_build(KEY)
    await there.facade.sweep_once()
    assert list(ingest.iterdir()) == []
    assert list((Path(there.layout.registry_run) / "pushed").iterdir()) == []


async def test_an_upload_that_broke_off_goes_on(client: Client) -> None:
    where = await client.begin()
    told = {"Authorization": f"Bearer {client.token}"}

    async def breaking() -> AsyncIterator[bytes]:
        yield BODY[:2000]
        raise OSError("the network is gone")

    address = f"http://{client.there.strangers}{where}"
    with pytest.raises((aiohttp.ClientError, OSError)):
        await client.session.patch(address, data=breaking(), headers=told)

    async def told_range() -> str:
        return (await client.ask("GET", where))[1].get("Range", "")

    # how much of it counts is for the registry to say
    last = int((await until(told_range)).removeprefix("0-"))
    rest = BODY[last + 1 if last else 0 :]
    assert (await client.ask("PUT", f"{where}?digest={DIGEST}", rest))[0] == 201


async def test_a_restart_loses_nothing_that_was_whole(client: Client, tmp_path: Path) -> None:
    manifest = await pushed(client, tmp_path / "source")
    where = await client.begin()
    await client.ask("PATCH", where, b"half of something")
    async with served(tmp_path) as again:
        client.there = again
        assert (await client.ask("PATCH", where, b"more"))[0] == 404, "it is begun anew"
        assert (await client.ask("GET", "manifests/latest"))[0] == 404
        assert (await put_manifest(client, manifest))[0] == 201
        assert (await client.ask("GET", "manifests/latest"))[2] == manifest
