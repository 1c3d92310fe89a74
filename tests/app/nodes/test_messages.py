"""Messages of the daemon as plain values."""

import pytest

from app.nodes.messages import container_of, content_of, report_of
from app.runtime.port import ContainerState, ContentState
from tests.app.nodes.daemon import ONE, everything
from wire.proto import node_pb2 as pb


@pytest.mark.parametrize("state", list(ContainerState))
def test_every_container_state_has_its_word(state: ContainerState) -> None:
    value = pb.ContainerState.Value(f"CONTAINER_{state.name}")
    assert container_of(pb.Container(instance=ONE, state=value)).state == state.value


@pytest.mark.parametrize("state", list(ContentState))
def test_every_content_state_has_its_word(state: ContentState) -> None:
    value = pb.ContentState.Value(f"CONTENT_{state.name}")
    assert content_of(pb.Content(instance=ONE, state=value)).state == state.value


def test_the_words_are_all_there_are() -> None:
    assert len(pb.ContainerState.keys()) == len(ContainerState)
    assert len(pb.ContentState.keys()) == len(ContentState)


def test_a_state_of_a_newer_daemon_is_an_error() -> None:
    with pytest.raises(ValueError, match="99"):
        container_of(pb.Container(instance=ONE, state=99))


def test_a_watch_message_of_each_kind() -> None:
    whole = report_of(pb.WatchReply(all=everything()))
    assert whole.complete
    assert (len(whole.containers), len(whole.contents)) == (1, 1)
    container = report_of(pb.WatchReply(container=pb.Container(instance=ONE)))
    assert (len(container.containers), container.complete) == (1, False)
    content = report_of(pb.WatchReply(content=pb.Content(instance=ONE)))
    assert len(content.contents) == 1
    unknown = report_of(pb.WatchReply())
    assert (unknown.containers, unknown.contents, unknown.complete) == ([], [], False)
