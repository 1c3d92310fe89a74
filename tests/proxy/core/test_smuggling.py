"""The corpus of hostile requests against the core: what is refused, what reaches an upstream."""

import pytest

from proxy.core import events
from tests.proxy.core.play import OK, Play
from tests.proxy.hostile import Hostile, RequestJudge, ResponseJudge, abbreviated, hostile_requests
from tests.proxy.world import OPEN_PORT, request

ROWS = hostile_requests()


class Hearing:
    """A conversation in which an upstream answers whatever another parser takes for a request."""

    def __init__(self) -> None:
        self.play = Play()
        self.upstream = RequestJudge()
        self.client = ResponseJudge()
        self.done: list[str] = []
        self._opened = self._told = self._sent = 0

    def send(self, data: bytes) -> None:
        self.done += self.play.ask(data)
        while self._move():
            pass

    def _move(self) -> bool:
        """Let the upstream accept and answer; tell whether anything happened."""
        play = self.play
        self.client.feed(play.to_client[self._sent :])
        self._sent = len(play.to_client)
        if len(play.opened) > self._opened:
            self._opened = len(play.opened)
            self.done += play.tell(events.Opened(kept=False))
            return True
        news, self._told = play.to_upstream[self._told :], len(play.to_upstream)
        answers = self.upstream.feed(news) if news else 0
        for _ in range(answers):
            self.done += play.answer(OK)
        return bool(news)

    @property
    def closing(self) -> bool:
        return bool({"HalfClose", "Close"} & set(self.done))


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_what_becomes_of_it(row: Hostile) -> None:
    hearing = Hearing()
    hearing.send(row.send)
    assert hearing.client.statuses == row.statuses
    assert hearing.upstream.seen == row.seen
    assert hearing.closing is row.ends
    if row.refused:
        assert hearing.upstream.heard == b"", "not a byte of it"
    if row.reaches:
        assert abbreviated(hearing.upstream.heard) == row.reaches
    if not row.ends:
        hearing.send(request("/after", OPEN_PORT))
        assert hearing.upstream.seen[-1] == "GET /after"


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
@pytest.mark.parametrize("size", [1, 7])
def test_the_same_becomes_of_it_in_small_pieces(row: Hostile, size: int) -> None:
    hearing = Hearing()
    step = max(size, len(row.send) // 2000)
    for at in range(0, len(row.send), step):
        hearing.send(row.send[at : at + step])
    assert hearing.client.statuses == row.statuses
    assert hearing.upstream.seen == row.seen
    assert hearing.closing is row.ends


def test_names_of_rows_are_told_apart() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
