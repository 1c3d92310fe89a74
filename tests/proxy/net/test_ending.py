"""A wish for the end may become more urgent, never less."""

from proxy.net.ending import Ending


async def test_the_least_patience_counts() -> None:
    ending = Ending()
    assert ending.left == float("inf")
    ending.wish(100)
    await ending.begun()
    assert 99 < ending.left <= 100
    ending.wish(200)
    assert ending.left <= 100
    ending.wish(0)
    assert ending.left == 0
