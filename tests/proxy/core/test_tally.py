"""What is counted of requests."""

from hypothesis import given
from hypothesis import strategies as st

from kit.metrics import SUM, Sample
from proxy.core.record import Record
from proxy.core.samples import BUCKETS, OF_NAME
from proxy.core.tally import Tally
from tests.proxy.core.test_record import LEAST


def counted(*changes: dict) -> dict[tuple[str, tuple[str, ...]], float]:
    tally = Tally()
    for one in changes:
        tally.count(Record(**{**LEAST, "kind": "port", **one}))
    return {(one.name, one.labels): one.value for one in tally.samples() if one.value}


def test_requests_by_kind_method_and_status() -> None:
    found = counted(
        {},
        {"method": "HEAD", "status": 204},
        {"method": "POST", "status": 500},
        {"method": "REPORT", "status": 404},
        {"kind": "ide", "status": 0, "ended": "client_gone"},
        {"status": 999},
    )
    assert {key[1]: value for key, value in found.items() if key[0] == "requests"} == {
        ("port", "read", "2xx"): 2,
        ("port", "write", "5xx"): 1,
        ("port", "other", "4xx"): 1,
        ("port", "read", "other"): 1,
        ("ide", "read", "none"): 1,
    }
    assert found["cut", ("ide", "client_gone")] == 1


def test_bytes_go_both_ways_and_retries_are_told() -> None:
    found = counted({"sent": 10, "received": 3, "retries": 1}, {"sent": 5, "retries": 1})
    assert found["sent_bytes", ("port",)] == 15
    assert found["received_bytes", ("port",)] == 3
    assert found["retries", ("port",)] == 2


def test_answers_of_our_own_have_their_code() -> None:
    found = counted(
        {"kind": "none", "code": "request_refused", "status": 431},
        {"kind": "dashboard", "code": "server_away", "status": 503},
        {"kind": "dashboard", "code": "server_away", "status": 503},
    )
    assert found["answers", ("none", "request_refused", "431")] == 1
    assert found["answers", ("dashboard", "server_away", "503")] == 2


def test_times_fall_into_buckets_and_tunnels_into_none() -> None:
    found = counted(
        {"seconds": 0.001, "first": 0.001, "upstream": 0.0004},
        {"seconds": 0.002},
        {"seconds": 1000.0},
        {"seconds": 80_000.0, "status": 101, "upgrade": "websocket", "first": 0.3, "upstream": 0.3},
    )
    times = {key[1][1]: value for key, value in found.items() if key[0] == "request_seconds"}
    assert times == {"0.001": 1, "0.0025": 1, "+Inf": 1, SUM: 1000.003}
    upstream = {key[1][1]: value for key, value in found.items() if key[0] == "upstream_seconds"}
    assert upstream == {"0.001": 1, "0.5": 1, SUM: 0.3004}


@given(st.lists(st.floats(0, 100)), st.sampled_from(["GET", "POST", "BREW"]))
def test_nothing_is_lost(seconds: list[float], method: str) -> None:
    tally = Tally()
    for one in seconds:
        tally.count(Record(**{**LEAST, "kind": "ide", "seconds": one, "method": method}))
    samples = tally.samples()

    def total(name: str) -> float:
        return sum(one.value for one in samples if one.name == name and SUM not in one.labels)

    assert total("requests") == total("request_seconds") == len(seconds)


def test_every_sample_is_in_the_catalogue() -> None:
    tally = Tally()
    tally.count(Record(**{**LEAST, "code": "c", "ended": "revoked", "first": 0.1}))
    for one in tally.samples():
        assert len(one.labels) == len(OF_NAME[one.name].labels) + (
            OF_NAME[one.name].kind == "histogram"
        )
    assert Sample("cut", ("none", "revoked"), 1) in tally.samples()
    assert list(BUCKETS) == sorted(BUCKETS)
