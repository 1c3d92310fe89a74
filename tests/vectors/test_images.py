"""E, F, M: what names of images mean, how builds end, and which files of images are served."""

import asyncio
import base64
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.imagebuilds.states import NO_IMAGE, BuildEvent, BuildState, decide, problem_of
from blobserve.core.catalogue import Rule
from blobserve.core.compose import Piece
from blobserve.core.inline import replaced
from blobserve.store.cache import Cache
from blobserve.store.expanded import Expander
from blobserve.store.stored import Stored
from kit.oci.core import media
from kit.oci.core.answers import failure
from kit.oci.core.digests import digest_of
from kit.oci.core.documents import Descriptor, Index, Manifest, encode
from kit.oci.core.failures import NotFound, Unauthorized
from kit.oci.core.platforms import choose
from kit.oci.core.reach import networks
from kit.oci.core.references import Reference, parse
from kit.oci.core.refusals import Refused
from kit.oci.core.secrets import decode, is_ecr
from kit.oci.layout import Layout
from kit.oci.pull import Pulls
from kit.oci.registry import Registries, Rules
from tests.blobserve.store.layered import add_packed
from tests.kit.oci.registryhost import RegistryHost, registry_host

ECR = "422899872803.dkr.ecr.eu-central-1.amazonaws.com"


class Serving:
    """Files of images out of a registry, as blobserve serves them."""

    def __init__(self, folder: Path, host: RegistryHost, registries: Registries) -> None:
        self.folder, self.host = folder, host
        self.source, self.layout = Layout(folder / "source"), Layout(folder / "images")
        self.image = add_packed(self.source, {"a": b"1"})
        host.add(self.source, self.image)
        cache = Cache(folder / "cache", 1 << 20)
        cache.open()
        pulls = Pulls(self.layout, registries)
        self.stored = Stored(self.layout, Expander(self.layout, cache), pulls)

    @property
    def layer(self) -> str:
        return self.source.image(self.image.digest).layers[0].digest

    async def file(self, name: Reference | None = None) -> Piece | None:
        image = await self.stored.image(name or self.host.reference())
        return await image.find("a")

    def offer(self, manifest: bytes) -> None:
        self.host.manifests["a/b:1"] = media.OCI_MANIFEST, manifest


Row = Callable[[Serving], Awaitable[bool]]


def m(row: Row) -> Callable[[], bool]:
    """Run a row against a registry and an empty store."""

    async def play() -> bool:
        folder = Path(tempfile.mkdtemp())
        registries = Registries(Rules(networks(["127.0.0.0/8"])))
        async with registry_host() as host:
            serving = Serving(folder, host, registries)
            try:
                return await row(serving)
            finally:
                await serving.stored.close()
                await registries.close()
                shutil.rmtree(folder)

    return lambda: asyncio.run(play())


async def m1(serving: Serving) -> bool:
    first = await serving.file()
    serving.host.manifests.clear()
    serving.host.blobs.clear()
    second = await serving.file()
    assert first is not None
    return first == second and first.tag == serving.layer[7:27]


async def m3(serving: Serving) -> bool:
    serving.host.manifests.clear()
    try:
        await serving.file()
    except NotFound as error:
        return "is not there" in str(error)
    return False


async def m5(serving: Serving) -> bool:
    manifest = serving.source.image(serving.image.digest)
    config = serving.source.put_bytes(b"{}", media.OCI_CONFIG)
    serving.host.blobs[config.digest] = b"{}"
    serving.offer(encode(Manifest(2, config, [])))
    try:
        await serving.file()
    except NotFound as error:
        return bool(manifest.layers) and "nothing of it is found" in str(error)
    return False


async def m7(serving: Serving) -> bool:
    layer = serving.host.blobs.pop(serving.layer)
    try:
        await serving.file()
    except NotFound:
        serving.host.blobs[serving.layer] = layer
        return await serving.file() is not None
    return False


async def m9(serving: Serving) -> bool:
    await serving.file()
    serving.stored._loader = None
    return await serving.file() is not None


async def m11(serving: Serving) -> bool:
    image = await serving.stored.image(serving.host.reference())
    await image.find("a")
    shutil.rmtree(serving.layout.blobs)
    serving.stored.forget(image)
    return await serving.file() is not None


def inlined(*rules: Rule, page: bytes = b"aaa\nbbb\n") -> bytes:
    return replaced(page, rules, {"ide": "foo", "supervisor": "bar"})


def refused(kind: type[Exception], does: Callable[[], object], why: str = "") -> bool:
    try:
        does()
    except kind as error:
        return why in str(error)
    return False


async def e7(serving: Serving) -> bool:
    registries = Registries(Rules(networks(["127.0.0.0/8"]), {"docker.io": (serving.host.host,)}))
    serving.host.add(serving.source, serving.image, "library/alpine", "latest")
    named = parse("docker.io/library/alpine:latest")
    try:
        found = await registries.head(named)
    finally:
        await registries.close()
    whole = digest_of(serving.source.read(serving.image.digest))
    return str(named.at(found.digest)) == f"docker.io/library/alpine@{whole}"


def e9() -> bool:
    one = Descriptor(media.OCI_MANIFEST, digest_of(b""), 0)
    return refused(
        Refused, lambda: choose(Index(2, [one])), "no manifest for platform linux-amd64 found"
    )


def e17() -> bool:
    found = decode(base64.b64encode(b"myregistry.com:mytoken").decode())
    return (found.user, found.password) == ("myregistry.com", "mytoken")


def e19() -> bool:
    alone = [base64.b64encode(b"justauser").decode(), "", "no base64!"]
    return all(
        (one.raw, one.user, one.password) == (text, "", "")
        for text, one in ((text, decode(text)) for text in alone)
    )


def f3() -> bool:
    problem = problem_of("step_failed", "image build failed")
    ended = decide(BuildState.RUNNING, BuildEvent.FAILED)
    return ended is BuildState.FAILED and problem.detail == "image build failed"


ROWS: dict[str, Callable[[], bool]] = {
    "E5": lambda: NO_IMAGE.title == "image build did not produce a workspace image",
    "E7": m(e7),
    "E9": e9,
    "E11": lambda: isinstance(failure(401, b"", "a/b:1"), Unauthorized),
    "E13": lambda: isinstance(failure(404, b"", "a/b:1"), NotFound),
    "E15": lambda: is_ecr(ECR) and is_ecr(f"{ECR}/private-repo-demo:latest"),
    "E17": e17,
    "E19": e19,
    "F1": lambda: decide(BuildState.QUEUED, BuildEvent.PLACED) is BuildState.RUNNING,
    "F3": f3,
    "M1": m(m1),
    "M3": m(m3),
    "M5": m(m5),
    "M7": m(m7),
    "M9": m(m9),
    "M11": m(m11),
    "M13": lambda: (
        inlined(Rule("foobar", "baz"), page=b"hello world\nthis is foobar\ncool beans")
        == b"hello world\nthis is baz\ncool beans"
    ),
    "M15": lambda: inlined() == b"aaa\nbbb\n",
    "M17": lambda: inlined(Rule("aaa", "${ide}"), Rule("bbb", "${supervisor}")) == b"foo\nbar\n",
}


@pytest.mark.parametrize("row", ROWS)
def test_row(row: str) -> None:
    assert ROWS[row]()
