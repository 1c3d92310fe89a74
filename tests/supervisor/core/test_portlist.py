"""The list of ports, whatever listens and whatever is wished."""

from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.portlist import Port, document, listed, wish_of
from wire.agent import PortReport
from wire.ports import PortWish

PORTS = st.integers(1, 40)
SPANS = st.tuples(PORTS, PORTS).map(sorted)
WISHES = st.lists(SPANS.map(lambda one: PortWish(first=one[0], last=one[1])), max_size=6)


@given(WISHES, st.sets(PORTS), st.dictionaries(PORTS, st.booleans()))
def test_every_port_stands_once_and_those_of_the_file_stand_first(wishes, served, exposed):
    found = listed(wishes, [PortReport(port=one) for one in served], exposed)
    ports = [one.port for one in found]
    single = {one.first for one in wishes if one.first == one.last}
    assert sorted(ports) == sorted({*single, *served, *exposed})
    places = [
        next(
            (at for at, one in enumerate(wishes) if one.first <= port <= one.last),
            len(wishes),
        )
        for port in ports
    ]
    assert list(zip(places, ports, strict=True)) == sorted(zip(places, ports, strict=True))


def test_the_first_entry_for_a_port_counts():
    wishes = [PortWish(first=3000, last=3010, name="a"), PortWish(first=3000, last=3000, name="b")]
    found = wish_of(wishes, 3000)
    assert found is not None
    assert found.name == "a"
    assert wish_of(wishes, 80) is None


def test_a_document_has_the_address():
    told = document(Port(80, PortReport(port=80, process="node")), "http://amber.ws.localhost")
    assert (told["url"], told["served"]) == ("http://80-amber.ws.localhost", True)
    assert document(Port(80), "")["url"] == ""
