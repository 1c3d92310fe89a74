from daemon.core.classes import limits_of
from daemon.core.iolimits import told, weight_of

V2 = {"cpu", "io", "memory", "pids"}
NONE = "[none] mq-deadline bfq"
BFQ = "none mq-deadline [bfq]"


def test_a_class_weighs_as_much_at_the_disk_as_at_the_processors() -> None:
    limits = [limits_of(name) for name in ("small", "standard", "large")]
    assert [weight_of(one.cpus) for one in limits if one] == [100, 200, 400]
    assert (weight_of(0.001), weight_of(64)) == (1, 1000)


def test_weights_count_where_the_kernel_can_tell_who_writes_and_shares_by_them() -> None:
    assert told(V2, [NONE, BFQ], "") == "enforced"
    assert told(V2, [NONE], "8:0 enable=1 ctrl=auto rpct=0.00\n") == "enforced"


def test_otherwise_the_reason_is_told() -> None:
    assert "version 1" in told(None, [BFQ], "")
    assert told(V2 - {"io"}, [BFQ], "") == "the kernel offers no io controller here"
    for costs in ("", "8:0 enable=0 ctrl=auto\n"):
        assert "bfq" in told(V2, [NONE], costs)
    assert "bfq" in told(V2, [], "")
