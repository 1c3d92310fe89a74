"""Reading over HTTP: what programs get, who is let in, and what is said to those who are not."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from kit.oci.core.digests import digest_of
from kit.oci.core.media import OCI_INDEX, OCI_MANIFEST
from tests.blobserve.facades import Served, served
from tests.kit.oci.images import add_image

KEY = "a" * 64
INSTANCE = "amber-otter-4k2hw9xz1q.3"
LATEST = f"/v2/built/{KEY}/manifests/latest"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path) as one:
        one.store.tag(f"built/{KEY}", add_image(one.store, {"a": b"1" * 5000}))
        yield one


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


async def test_a_manifest(there: Served, session: aiohttp.ClientSession) -> None:
    image = there.store.resolve(f"built/{KEY}")
    assert image is not None
    async with session.get(f"http://{there.own}{LATEST}") as reply:
        assert reply.status == 200
        assert await reply.read() == there.store.read(image.digest)
        assert reply.headers["Content-Type"] == OCI_MANIFEST
        assert reply.headers["Docker-Content-Digest"] == image.digest
        assert reply.headers["Docker-Distribution-Api-Version"] == "registry/2.0"
        tag = reply.headers["ETag"]
    async with session.head(f"http://{there.own}{LATEST}") as reply:
        assert reply.headers["Content-Length"] == str(image.size)
        assert reply.headers["Docker-Content-Digest"] == image.digest
    async with session.get(f"http://{there.own}{LATEST}", headers={"If-None-Match": tag}) as reply:
        assert reply.status == 304


async def test_a_blob_and_parts_of_it(there: Served, session: aiohttp.ClientSession) -> None:
    image = there.store.resolve(f"built/{KEY}")
    assert image is not None
    layer = there.store.image(image.digest).layers[0]
    body = there.store.read(layer.digest)
    url = f"http://{there.own}/v2/built/{KEY}/blobs/{layer.digest}"
    async with session.get(url) as reply:
        assert (reply.status, await reply.read()) == (200, body)
        assert reply.headers["Docker-Content-Digest"] == layer.digest
        assert reply.headers["Accept-Ranges"] == "bytes"
    for wanted, part in (
        ("bytes=5-9", body[5:10]),
        ("bytes=-3", body[-3:]),
        ("bytes=7-", body[7:]),
    ):
        async with session.get(url, headers={"Range": wanted}) as reply:
            assert (reply.status, await reply.read()) == (206, part)
    async with session.get(url, headers={"Range": "bytes=9999-"}) as reply:
        assert (reply.status, reply.headers["Content-Range"]) == (416, f"bytes */{len(body)}")
    async with session.head(url) as reply:
        assert (reply.status, reply.headers["Content-Length"]) == (200, str(len(body)))
    async with session.get(url, headers={"If-None-Match": f'"{layer.digest}"'}) as reply:
        assert reply.status == 304


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/v2/built/{'b' * 64}/manifests/latest", 404, "MANIFEST_UNKNOWN"),
        (f"/v2/built/{KEY}/manifests/other", 404, "MANIFEST_UNKNOWN"),
        (f"/v2/built/{KEY}/blobs/{digest_of(b'x')}", 404, "BLOB_UNKNOWN"),
        (f"/v2/built/{'b' * 64}/tags/list", 404, "NAME_UNKNOWN"),
        (f"/v2/instance/{INSTANCE}/manifests/latest", 404, "MANIFEST_UNKNOWN"),
        ("/v2/nothing/manifests/latest", 404, "NAME_UNKNOWN"),
        ("/v2/docker.io/library/x/manifests/1", 502, "UNKNOWN"),
        ("/", 404, "NAME_UNKNOWN"),
    ],
)
async def test_what_is_not_there(
    there: Served, session: aiohttp.ClientSession, path: str, status: int, code: str
) -> None:
    async with session.get(f"http://{there.own}{path}") as reply:
        assert reply.status == status
        (error,) = (await reply.json())["errors"]
        assert error["code"] == code
        assert error["message"]


async def test_tags_and_referrers(there: Served, session: aiohttp.ClientSession) -> None:
    base = f"http://{there.own}/v2/built/{KEY}"
    async with session.get(f"{base}/tags/list") as reply:
        assert await reply.json() == {"name": f"built/{KEY}", "tags": ["latest"]}
    async with session.get(f"{base}/tags/list?n=0") as reply:
        assert (await reply.json())["tags"] == []
    async with session.get(f"{base}/tags/list?last=latest") as reply:
        assert (await reply.json())["tags"] == []
    async with session.get(f"{base}/referrers/{digest_of(b'x')}") as reply:
        assert reply.headers["Content-Type"] == OCI_INDEX
        assert json.loads(await reply.read())["manifests"] == []


async def test_strangers_show_a_token(there: Served, session: aiohttp.ClientSession) -> None:
    there.tickets.open_instance(INSTANCE, f"built/{KEY}", [])
    token = there.tickets.open_instance(INSTANCE, f"built/{KEY}", [])
    base = f"http://{there.strangers}"
    composed = f"/v2/instance/{INSTANCE}/manifests/latest"
    for path in ("/v2/", LATEST, composed):
        async with session.get(base + path) as reply:
            assert reply.status == 401
            assert reply.headers["WWW-Authenticate"] == 'Basic realm="podium"'
    auth = {"Authorization": aiohttp.encode_basic_auth("anybody", token)}
    for path, status in (("/v2/", 200), (composed, 200), (LATEST, 403)):
        async with session.get(base + path, headers=auth) as reply:
            assert reply.status == status
    there.tickets.close_instance(INSTANCE)
    async with session.get(base + composed, headers=auth) as reply:
        assert reply.status == 401


async def test_a_refused_body_is_not_taken_for_a_request(
    there: Served, session: aiohttp.ClientSession
) -> None:
    there.tickets.open_build("b" * 64, until=time.time() + 60)
    url = f"http://{there.strangers}/v2/built/{KEY}/blobs/uploads/"
    async with session.post(url, data=b"GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n") as reply:
        assert reply.status == 401
    async with session.get(f"http://{there.strangers}/v2/") as reply:
        assert reply.status == 401


async def test_nothing_is_written_by_the_installation_itself(
    there: Served, session: aiohttp.ClientSession
) -> None:
    for method, path in (("POST", "blobs/uploads/"), ("PUT", "manifests/latest")):
        async with session.request(method, f"http://{there.own}/v2/built/{KEY}/{path}") as reply:
            assert reply.status == 403
