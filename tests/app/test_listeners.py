"""Which paths exist on which socket."""

from typing import Any

import pytest

from app.accounts.access import Listener
from app.listeners import Gate, belongs, may_ask


@pytest.mark.parametrize(
    ("path", "listener"),
    [
        ("/", Listener.PUBLIC),
        ("/api/v1/workspaces", Listener.PUBLIC),
        ("/internals", Listener.PUBLIC),
        ("/agents/x", Listener.PUBLIC),
        ("/internal", Listener.INTERNAL),
        ("/internal/tokens", Listener.INTERNAL),
        ("//internal//tokens/", Listener.INTERNAL),
        ("/agent/v1", Listener.AGENT),
    ],
)
def test_each_path_belongs_to_one_listener(path: str, listener: Listener) -> None:
    assert [one for one in Listener if belongs(one, path)] == [listener]


async def send_through(listener: Listener, scope: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Returns the state that came through, and what was sent back."""
    passed: list[Any] = []
    sent: list[Any] = []

    async def app(inner: Any, _receive: Any, _send: Any) -> None:
        passed.append(inner.get("state"))

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await Gate(app, listener)(scope, receive, send)  # type: ignore[arg-type] # a scope is a dict
    return (passed[0] if passed else None), sent


async def test_the_listener_is_written_over_whatever_was_there() -> None:
    scope = {"type": "http", "path": "/", "state": {"listener": Listener.INTERNAL, "other": 1}}
    state, sent = await send_through(Listener.PUBLIC, scope)
    assert state == {"listener": Listener.PUBLIC, "other": 1}
    assert sent == []


async def test_a_path_of_another_listener_is_a_404_problem() -> None:
    state, sent = await send_through(Listener.AGENT, {"type": "http", "path": "/internal/tokens"})
    assert state is None
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 404
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]


async def test_a_websocket_of_another_listener_is_closed() -> None:
    state, sent = await send_through(Listener.PUBLIC, {"type": "websocket", "path": "/agent/v1"})
    assert state is None
    assert [one["type"] for one in sent] == ["websocket.close"]


async def test_the_lifespan_passes() -> None:
    state, sent = await send_through(Listener.PUBLIC, {"type": "lifespan", "state": {"a": 1}})
    assert (state, sent) == ({"a": 1}, [])


def test_over_a_network_nobody_may_ask_for_what_is_not_named() -> None:
    assert may_ask("proxy", Listener.PUBLIC, "/api/v1/workspaces")
    assert may_ask("proxy", Listener.INTERNAL, "/internal/routes")
    assert not may_ask("proxy", Listener.INTERNAL, "/internal//routes")
    assert not may_ask("proxy", Listener.INTERNAL, "/internal/tokens")
    assert not may_ask("blobserve", Listener.PUBLIC, "/")
    for peer in ("", "server", "daemon", "somebody"):
        for listener in (Listener.PUBLIC, Listener.INTERNAL):
            assert not may_ask(peer, listener, "/internal/health")
