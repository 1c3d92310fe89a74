"""Whom a changed route concerns."""

from dataclasses import dataclass

from proxy.net.presence import Presence


@dataclass(eq=False)
class Client:
    workspace: str = ""


def test_a_client_is_where_its_latest_request_is() -> None:
    presence: Presence[Client] = Presence()
    one, two = Client(), Client()
    presence.move(one, "a")
    presence.move(two, "a")
    assert set(presence.of(["a"])) == {one, two}
    presence.move(one, "b")
    assert presence.of(["a"]) == [two]
    assert set(presence.of(["a", "b", "c"])) == {one, two}
    presence.move(one, "")
    assert presence.of(["b"]) == []


def test_who_has_gone_leaves_nothing_behind() -> None:
    presence: Presence[Client] = Presence()
    one = Client()
    presence.leave(one)
    presence.move(one, "a")
    presence.leave(one)
    presence.leave(one)
    assert not presence._at
