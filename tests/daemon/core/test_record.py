from daemon.core.network import Slot
from daemon.core.record import InstanceRecord, start_time_of


def test_the_start_time_of_a_process_with_an_odd_name():
    fields = " ".join(str(number) for number in range(4, 53))
    assert start_time_of(f"17 (a) b (c)) S {fields}") == 22


def test_the_slot():
    record = InstanceRecord(instance="w.1", slot=5, boot="b")
    assert record.slot_of("abcdef") == Slot("abcdef", 5)
