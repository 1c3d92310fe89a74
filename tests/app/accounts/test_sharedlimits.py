"""Tries that several servers count together."""

from app.accounts.limits import WINDOW
from app.accounts.sharedlimits import SharedLimit


class Counter:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.away = False

    async def count(self, name: str, seconds: int) -> int | None:
        assert seconds == WINDOW
        if self.away:
            return None
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]


async def test_a_client_has_so_many_tries_at_all_servers_together() -> None:
    counter = Counter()
    first, second = (SharedLimit("x", 3, counter) for _ in range(2))
    assert [await one.allow("a", 0.0) for one in (first, second, first, second)] == [
        True,
        True,
        True,
        False,
    ]
    assert await second.allow("b", 0.0)
    assert await SharedLimit("y", 3, counter).allow("a", 0.0), "another limit"


async def test_without_the_others_each_server_counts_for_itself() -> None:
    counter = Counter()
    counter.away = True
    limit = SharedLimit("x", 2, counter)
    assert [await limit.allow("a", 0.0) for _ in range(3)] == [True, True, False]
    alone = SharedLimit("x", 1)
    assert [await alone.allow("a", 0.0) for _ in range(2)] == [True, False]


async def test_what_a_client_says_of_itself_is_not_kept() -> None:
    counter = Counter()
    await SharedLimit("x", 2, counter).allow("10.0.0.1, " * 1000, 0.0)
    [name] = counter.counts
    assert len(name) < 50
    assert "10.0.0.1" not in name
