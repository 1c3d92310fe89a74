from kit.metrics import Metric, table


def test_a_catalogue_as_a_table() -> None:
    rows = [
        Metric("asked", "counter", ("kind", "status"), "Requests."),
        Metric("open", "gauge", (), "x"),
    ]
    assert table("p_", rows).splitlines()[2:] == [
        "| `p_asked_total` | counter | `kind`, `status` | Requests. |",
        "| `p_open` | gauge |  | x |",
    ]
