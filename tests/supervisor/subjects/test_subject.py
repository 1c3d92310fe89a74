"""What a subject has that says nothing."""

from supervisor.subjects.subject import Subject
from tests.supervisor.samples import wish


def test_it_has_nothing_and_takes_everything():
    one = Subject()
    one.receive(wish())
    assert (dict(one.observed()), list(one.endpoints()), dict(one.work())) == ({}, [], {})
