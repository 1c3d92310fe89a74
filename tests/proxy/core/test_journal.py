"""One line for each request of a connection, with a number of its own."""

from proxy.core.commands import Commands, Log
from proxy.core.events import Moment
from proxy.core.journal import Journal
from proxy.core.plans import Asker
from tests.proxy.world import PORT, SEED, head


def test_each_request_has_its_number_and_its_time():
    out = Commands()
    journal = Journal(Asker("192.0.2.7", SEED), out)
    for number in (1, 2):
        journal.begin(Moment(1000.0, 50.0))
        journal.end(head("/", PORT), Moment(1001.5, 51.5), 200, 3, code="c", ended="revoked")
        assert journal.number == number
    first, second = (one.record for one in out.take() if isinstance(one, Log))
    assert (first.seconds, first.timestamp, first.client) == (1.5, 1001.5, "192.0.2.7")
    assert (first.code, first.ended) == ("c", "revoked")
    assert first.request != second.request
    assert first.request.partition("-")[0] == second.request.partition("-")[0]
