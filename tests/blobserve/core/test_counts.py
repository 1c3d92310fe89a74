from blobserve.core.counts import METRICS, PREFIX, Counts, section
from kit.metrics import Sample


def test_answers_and_their_bytes() -> None:
    counts = Counts()
    for status, size in ((200, 5), (206, 2), (404, 0)):
        counts.answered("file", status, size)
    counts.add("evicted")
    assert counts.samples() == [
        Sample("evicted", (), 1),
        Sample("requests", ("file", "2xx"), 2),
        Sample("requests", ("file", "4xx"), 1),
        Sample("sent_bytes", ("file",), 7),
    ]


def test_the_documentation_has_them_all() -> None:
    for one in METRICS:
        assert f"`{PREFIX}{one.name}" in section()
