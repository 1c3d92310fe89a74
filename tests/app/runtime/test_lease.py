"""The lease: a node's time is over before the server counts on it, whatever comes late."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.runtime.lease import DRIFT, MARGIN, Held, NodeClock
from daemon.core.lease import Lease, parse_lease, spell_lease

LENGTH = 10.0


def test_nothing_is_granted_before_the_clock_is_known() -> None:
    held = Held(LENGTH, since=5.0)
    assert held.grant is None
    assert held.told(NodeClock("b", 100.0), 6.0).grant == NodeClock("b", 110.0)


def test_a_server_that_begins_waits_for_what_the_one_before_may_have_granted() -> None:
    held = Held(LENGTH, since=5.0)
    assert not held.gone(5.0 + LENGTH)
    assert held.gone(5.0 + LENGTH * (1 + DRIFT) + MARGIN)


def test_an_answer_begins_the_wait_anew() -> None:
    held = Held(LENGTH, since=0.0).told(NodeClock("b", 1.0), 11.0)
    assert not held.gone(15.0)
    assert held.gone_at == 11.0 + LENGTH * (1 + DRIFT) + MARGIN


step = st.one_of(
    st.tuples(st.just("wait"), st.floats(0.0, 20.0)),
    st.tuples(st.just("ask"), st.booleans()),  # whether the server hears the answer
    st.tuples(st.just("deliver"), st.integers(0, 20)),
    st.tuples(st.just("drop"), st.integers(0, 20)),
    st.tuples(st.just("server"), st.none()),
    st.tuples(st.just("daemon"), st.none()),
    st.tuples(st.just("machine"), st.none()),
)


class Worlds:
    """A server and a node, and between them calls that get lost, come late, twice and out of order.

    The node's clock differs in pace and starts where it likes. A container goes on until the
    node's lease is over, daemon or no daemon: that is what `lease` stands for.
    """

    def __init__(self, pace: float, offset: float) -> None:
        self.now, self.began, self.boots = 0.0, 0.0, 0
        self.held = Held(LENGTH, since=0.0)
        self.lease = Lease("boot-0")
        self.on_the_way: list[NodeClock] = []
        self._pace, self._offset = pace, offset

    @property
    def clock(self) -> NodeClock:
        passed = (self.now - self.began) * (1 + self._pace)
        return NodeClock(self.lease.boot, self._offset + passed)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, heard: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Send a grant; when the answer is heard, the node has taken it in."""
        if self.held.grant is not None:
            self.on_the_way.append(self.held.grant)
            if heard:
                self.deliver(len(self.on_the_way) - 1)
        if heard:
            self.held = self.held.told(self.clock, self.now)

    def deliver(self, which: int) -> None:
        if self.on_the_way:
            late = self.on_the_way[which % len(self.on_the_way)]
            self.lease = self.lease.granted(late.boot, late.at)

    def drop(self, which: int) -> None:
        if self.on_the_way:
            self.on_the_way.pop(which % len(self.on_the_way))

    def server(self, _nothing: None) -> None:
        """Begin the server anew: it knows nothing of what was granted."""
        self.held = Held(LENGTH, since=self.now)

    def daemon(self, _nothing: None) -> None:
        """Begin the daemon anew: its lease is in a file."""
        self.lease = parse_lease(spell_lease(self.lease), self.lease.boot)

    def machine(self, _nothing: None) -> None:
        """Begin the node's machine anew: nothing runs there, and its clock starts again."""
        self.boots, self.began = self.boots + 1, self.now
        written = spell_lease(self.lease)
        self.lease = parse_lease(written, f"boot-{self.boots}")


@settings(max_examples=400, deadline=None)
@given(st.lists(step, max_size=60), st.floats(-DRIFT / 2, DRIFT / 2), st.floats(0.0, 1e6))
def test_who_is_taken_for_gone_runs_nothing(
    steps: list[tuple[str, object]], pace: float, offset: float
) -> None:
    worlds = Worlds(pace, offset)
    granted = False
    for name, value in steps:
        getattr(worlds, name)(value)
        granted = granted or worlds.lease.until is not None
        if worlds.held.gone(worlds.now) and granted:
            assert worlds.lease.over(worlds.clock.at), (worlds.now, worlds.held, worlds.lease)
