"""A manifest that is pushed: it must be what it is said to be, and all of its parts be there."""

import asyncio

from aiohttp import web

from blobserve.core.faults import Fault
from blobserve.registry.incoming import whole
from kit.oci.core.digests import digest_of, is_digest
from kit.oci.core.documents import LARGEST, Manifest, check_image, describe, read_manifest
from kit.oci.core.media import OCI_MANIFEST, plain
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout, Missing
from wire.registry import BUILT, LATEST


async def take_manifest(
    request: web.BaseRequest, layout: Layout, key: str, reference: str, pushed: dict[str, int]
) -> str:
    """Give the image to the name and return its digest; raises Fault."""
    body = await whole(request, LARGEST)
    if reference != LATEST and not is_digest(reference):
        raise Fault.manifest_invalid(f"the one tag of what is built is {LATEST}")
    if is_digest(reference) and reference != digest_of(body):
        raise Fault.digest_invalid(f"{reference} was said; what came is {digest_of(body)}")
    said = plain(request.headers.get("Content-Type", ""))
    try:
        return await asyncio.to_thread(_take, body, said, layout, key, pushed)
    except Refused as error:
        raise Fault.manifest_invalid(str(error)) from error
    except Missing as error:
        raise Fault.blob_missing(str(error)) from error


def _take(body: bytes, said: str, layout: Layout, key: str, pushed: dict[str, int]) -> str:
    manifest = read_manifest(body, said)
    if not isinstance(manifest, Manifest):
        raise Refused("an index is not taken: a build is for one platform")
    for one in manifest.blobs:
        if pushed.get(one.digest) is None:
            raise Missing(one.digest)
        if pushed[one.digest] != one.size:
            raise Refused(f"{one.digest} has {pushed[one.digest]} bytes, not {one.size}")
    check_image(manifest)
    layout.config(manifest)
    described = describe(body, manifest.media_type or said or OCI_MANIFEST)
    layout.put([body], described)
    layout.tag(f"{BUILT}/{key}", described)
    return described.digest
