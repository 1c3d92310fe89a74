"""Daemons of the version before and after: their messages are made of ours, with what differs."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from grpc import aio

from app.nodes.client import NodeClient, NodeRefused
from app.nodes.messages import NodeReport
from tests.app.nodes.daemon import ONE
from wire.nodelink import SPOKEN
from wire.proto import node_pb2 as pb

SERVICE = "podium.node.v1.Node"


class Dialect:
    """The messages of another version."""

    def __init__(self, change: Callable[[dict[str, DescriptorProto]], None]) -> None:
        file = FileDescriptorProto()
        pb.DESCRIPTOR.CopyToProto(file)
        change({one.name: one for one in file.message_type})
        pool = descriptor_pool.DescriptorPool()
        pool.Add(file)
        self._classes = message_factory.GetMessageClassesForFiles([file.name], pool)

    def __getattr__(self, name: str) -> Any:
        return self._classes[f"podium.node.v1.{name}"]

    @asynccontextmanager
    async def serving(
        self, folder: Path, answers: dict[str, Any], changes: list[Any]
    ) -> AsyncIterator[NodeClient]:
        """Answer the calls in this dialect: those that are named, each with one reply."""

        def unary(reply: Any) -> grpc.RpcMethodHandler:
            async def answer(_request: bytes, _context: Any) -> bytes:
                return reply.SerializeToString()

            return grpc.unary_unary_rpc_method_handler(answer)

        async def watch(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
            for one in changes:
                yield one.SerializeToString()

        handlers = {name: unary(reply) for name, reply in answers.items()}
        handlers["Watch"] = grpc.unary_stream_rpc_method_handler(watch)
        server = aio.server()
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
        path = str(folder / "daemon.sock")
        server.add_insecure_port(f"unix:{path}")
        await server.start()
        client = NodeClient(path)
        try:
            yield client
        finally:
            await client.close()
            await server.stop(None)


def before(messages: dict[str, DescriptorProto]) -> None:
    """Take away what this version has added, and a field more."""
    for message, field in (("InfoReply", "protocol"), ("InfoReply", "oldest"), ("Content", "took")):
        fields = messages[message].field
        del fields[next(i for i, one in enumerate(fields) if one.name == field)]


def after(messages: dict[str, DescriptorProto]) -> None:
    """Add a word to a message, and a kind of change."""
    kind, once = FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.LABEL_OPTIONAL
    messages["Content"].field.add(name="colour", number=900, type=kind, label=once)
    messages["WatchReply"].field.add(
        name="weather", number=901, type=kind, label=once, oneof_index=0
    )


async def test_the_version_before_works_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    old = Dialect(before)
    tree = old.Content(instance=ONE, state=pb.CONTENT_SEALED, revision="abc")
    every = old.ListReply(contents=[tree])
    answers = {"Info": old.InfoReply(node="a"), "Seal": tree, "List": every}
    async with old.serving(tmp_path, answers, [old.WatchReply(all=every)]) as client:
        sealed = await client.seal(ONE)
        assert (sealed.state, sealed.revision, sealed.took) == ("sealed", "abc", 0.0)
        assert [one.instance for one in (await client.list()).contents] == [ONE]
        async with aclosing(client.watch()) as watch:
            assert (await anext(watch)).complete
        with pytest.raises(
            NodeRefused, match="older than the server and does not know this yet: update it"
        ):
            await client.hold("", 0.0)


async def test_the_version_after_works_and_its_news_are_left_out(tmp_path: Path) -> None:
    new = Dialect(after)
    tree = new.Content(instance=ONE, state=pb.CONTENT_SEALED, revision="abc", colour="green")
    every = new.ListReply(contents=[tree])
    info = new.InfoReply(node="a", protocol=SPOKEN + 1, oldest=SPOKEN)
    changes = [
        new.WatchReply(all=every),
        new.WatchReply(weather="rain"),
        new.WatchReply(content=tree),
    ]
    answers = {"Info": info, "Seal": tree, "List": every}
    async with new.serving(tmp_path, answers, changes) as client:
        assert (await client.seal(ONE)).revision == "abc"
        async with aclosing(client.watch()) as watch:
            assert (await anext(watch)).complete
            unknown = await anext(watch)
            assert unknown == NodeReport(containers=[], contents=[])
            assert [one.instance for one in (await anext(watch)).contents] == [ONE]
