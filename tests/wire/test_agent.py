import json

import msgspec
import pytest

from tests.wire.samples import GOLDEN, SAMPLES, text_of
from wire import agent
from wire.agent import Desired, Observed
from wire.phases import StepState

DOCUMENTS = [name for name in SAMPLES if name.startswith("agent-")]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_as_it_was(name: str) -> None:
    golden = (GOLDEN / f"{name}.json").read_text()
    assert text_of(name) == golden
    assert msgspec.json.decode(golden, type=type(SAMPLES[name])) == SAMPLES[name]


@pytest.mark.parametrize("kind", [Desired, Observed])
def test_a_newer_sender_is_understood(kind: type) -> None:
    """A running workspace keeps its supervisor while the server is replaced, and back."""
    name = "agent-desired" if kind is Desired else "agent-observed"
    said = msgspec.json.decode((GOLDEN / f"{name}.json").read_bytes())
    said["added_later"] = {"x": 1}
    assert msgspec.json.decode(msgspec.json.encode(said), type=kind) == SAMPLES[name]


def test_an_older_supervisor_says_less_and_is_understood() -> None:
    found = msgspec.json.decode(b'{"version": 1}', type=Observed)
    assert found.protocol == agent.PROTOCOL
    assert found.ide.state is StepState.WAITING


@pytest.mark.parametrize(
    "said",
    [b"{}", b"[]", b"null", b'{"version": "1"}', b'{"version": 1, "ide": {"state": "fine"}}', b"{"],
)
def test_what_is_no_document_is_refused(said: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(said, type=Observed)


@pytest.mark.parametrize(
    "said",
    [
        {"version": 2**70},
        {"beats": {"count": 2**64}},
        {"timeout_wish": {"number": -1, "timeout": "1h"}},
        {"checkout": {"took": 1e300}},
        {"ports": [{"port": 10**30}]},
        {"tasks": [{"id": "1", "name": "x", "exit_code": 2**40}]},
        {"shells": [{"id": "1", "last": 1e18}]},
        {"usage": {"cpu": -1.0}},
        {"usage": {"cpu": 1.0, "memory": 10**400}},
        {"git": {"changed": 10**4000}},
        {"said": [{"at": 1e13, "source": "x", "text": "y"}]},
    ],
)
def test_numbers_that_no_page_could_show_are_refused(said: dict) -> None:
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(json.dumps({"version": 1, **said}), type=Observed)


def test_the_token_is_where_only_root_of_the_workspace_looks() -> None:
    assert agent.TOKEN_FILE.startswith("/run/podium/")
    assert agent.SERVER_SOCKET.startswith("/run/podium/server/")
    assert agent.IDE_PORT != agent.SUPERVISOR_PORT
