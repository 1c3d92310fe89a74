"""What a scrape reads, read by Prometheus' own parser."""

from prometheus_client.parser import text_string_to_metric_families

from kit.exposition import expose
from kit.metrics import Sample
from proxy.core.record import Record
from proxy.core.samples import METRICS, PREFIX
from proxy.core.tally import Tally
from tests.proxy.core.test_record import LEAST


def read(samples: list[Sample]) -> dict:
    return {
        one.name: one
        for one in text_string_to_metric_families(expose(PREFIX, METRICS, samples).decode())
    }


def test_every_metric_is_there_from_the_beginning() -> None:
    found = read([])
    assert set(found) == {PREFIX + one.name for one in METRICS}
    for one in METRICS:
        assert (found[PREFIX + one.name].type, found[PREFIX + one.name].documentation) == (
            one.kind,
            one.help,
        )


def test_a_histogram_grows_from_bound_to_bound() -> None:
    tally = Tally()
    for seconds in (0.0005, 0.002, 0.002, 99.0):
        tally.count(Record(**{**LEAST, "kind": "port", "seconds": seconds}))
    family = read(tally.samples())[f"{PREFIX}request_seconds"]
    values = {
        (one.name.removeprefix(PREFIX), one.labels.get("le")): one.value for one in family.samples
    }
    assert values["request_seconds_bucket", "0.001"] == 1
    assert values["request_seconds_bucket", "0.0025"] == 3
    assert values["request_seconds_bucket", "30"] == 3
    assert values["request_seconds_bucket", "+Inf"] == 4
    assert values["request_seconds_count", None] == 4
    assert values["request_seconds_sum", None] == 99.0045


def test_labels_have_their_names_and_odd_values_break_nothing() -> None:
    found = read([Sample("answers", ("port", 'a"b\\c\nd', "502"), 2)])
    (one,) = found[f"{PREFIX}answers"].samples
    assert one.name == f"{PREFIX}answers_total"
    assert one.labels == {"kind": "port", "code": 'a"b\\c\nd', "status": "502"}
