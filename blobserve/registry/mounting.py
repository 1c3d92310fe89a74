"""A blob of another name, put into the store, so that a build does not push what it has pulled."""

import asyncio

from blobserve.core.faults import Fault
from blobserve.registry.reading import Image
from kit.oci.core.documents import Descriptor
from kit.oci.core.media import OCI_LAYER
from kit.oci.core.refusals import Refused
from kit.oci.layout import Layout


async def mount(store: Layout, image: Image, digest: str, room: int) -> int:
    """Return the blob's size once it is in the store; raises Fault.

    The image is asked even when the store has the blob: that a name has it is what counts.
    """
    content = await image.blob(digest)
    if content.size > room:
        raise Fault.too_large(room)
    if await asyncio.to_thread(store.keep, digest):
        return content.size
    # blobs of every kind are kept alike: the type is the manifest's to say
    expected = Descriptor(OCI_LAYER, digest, content.size)
    try:
        writer = await asyncio.to_thread(store.writer, expected)
        with writer:
            async for chunk in content.read(writer.offset, content.size):
                await asyncio.to_thread(writer.write, chunk)
            await asyncio.to_thread(writer.commit)
    except Refused as error:
        raise Fault.upstream(str(error)) from error
    return content.size
