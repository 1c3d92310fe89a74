"""The catalogue, and several workers as one."""

import re

from kit.metrics import Sample
from proxy.core.samples import METRICS, OF_NAME, PREFIX, merged, page


def test_what_every_worker_counts_adds_up() -> None:
    one = [Sample("requests", ("port", "read", "2xx"), 3), Sample("workers", (), 1)]
    two = [
        Sample("requests", ("port", "read", "2xx"), 4),
        Sample("requests", ("ide", "read", "2xx"), 1),
    ]
    assert merged([one, two, [Sample("workers", (), 1)]]) == [
        Sample("requests", ("ide", "read", "2xx"), 1),
        Sample("requests", ("port", "read", "2xx"), 7),
        Sample("workers", (), 2),
    ]
    assert merged([]) == []


def test_of_what_is_the_same_for_all_the_worst_counts() -> None:
    good = [
        Sample("feed_age_seconds", (), 1),
        Sample("feed_connected", (), 1),
        Sample("breaker", ("server",), 0),
        Sample("routes", (), 7),
    ]
    bad = [
        Sample("feed_age_seconds", (), 90),
        Sample("feed_connected", (), 0),
        Sample("breaker", ("server",), 2),
        Sample("routes", (), 5),
    ]
    for workers in ([good, bad], [bad, good]):
        found = {one.name: one.value for one in merged(workers)}
        assert found == {"feed_age_seconds": 90, "feed_connected": 0, "breaker": 2, "routes": 7}


def test_a_sample_of_another_version_is_no_end() -> None:
    strange = Sample("of_tomorrow", (), 1)
    assert merged([[strange], [strange]]) == [Sample("of_tomorrow", (), 2)]


def test_names_are_those_of_the_field() -> None:
    assert len(OF_NAME) == len(METRICS)
    for one in METRICS:
        assert re.fullmatch(r"[a-z_]+", one.name)
        assert not one.name.endswith("_total")
        assert one.help.endswith(".")


def test_the_page_has_a_row_for_each() -> None:
    written = page()
    for one in METRICS:
        total = "_total" if one.kind == "counter" else ""
        assert f"| `{PREFIX}{one.name}{total}` | {one.kind} |" in written
