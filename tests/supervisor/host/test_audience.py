"""Those who look at a terminal; on a real one: test_terminal.py."""

from supervisor.host.audience import Audience
from supervisor.host.history import History
from supervisor.host.rings import FileRing


def audience(account, tmp_path):
    sizes = []
    history = History(FileRing(str(tmp_path), account), "t")
    return Audience((80, 24), history, sizes.append), sizes, history


async def test_all_have_one_size_and_hear_of_it(account, tmp_path):
    made, sizes, history = audience(account, tmp_path)
    assert not made
    wide, narrow = made.join(0, "browser", ""), made.join(0, "gp", "me")
    made.fit(wide, 120, 40)
    made.typed(narrow)
    made.fit(narrow, 60, 20)
    assert (made.size, sizes[-1]) == ((60, 20), (60, 20))
    assert [(one.kind, one.cols) for one in made.listed()] == [("browser", 120), ("gp", 60)]
    assert await wide.next() == {"cols": 60, "rows": 20}
    made.leave(narrow)
    made.leave(narrow)
    assert (made.size, len(made.listed())) == ((120, 40), 1)
    history.close()


async def test_who_is_ahead_counts_and_the_end_is_told(account, tmp_path):
    made, _, history = audience(account, tmp_path)
    assert made.ahead is None
    history.append(b"abc")
    viewer = made.join(0, "browser", "")
    made.wake()
    assert await viewer.next() == b"abc"
    assert made.ahead == 3
    made.tell({"title": "x"})
    made.end({"exit": None})
    assert await viewer.next() == {"title": "x"}
    assert await viewer.next() == {"exit": None}
    assert await viewer.next() is None
    history.close()
