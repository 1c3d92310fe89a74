from wire.phases import Condition, Phase, Step, StepState


def test_only_a_stopped_instance_holds_nothing() -> None:
    assert [one for one in Phase if not one.live] == [Phase.STOPPED]


def test_it_is_starting_until_it_runs() -> None:
    order = list(Phase)
    assert [one for one in Phase if one.starting] == order[: order.index(Phase.RUNNING)]


def test_there_are_nine_steps_in_the_order_of_the_start_page() -> None:
    assert len(Step) == 9
    assert (next(iter(Step)), list(Step)[-1]) == (Step.ACCEPTED, Step.IDE)


def test_words_are_lower_case_and_never_shared_by_two_meanings() -> None:
    for words in (Phase, Step, StepState, Condition):
        values = [str(one) for one in words]
        assert values == [value.lower() for value in values]
        assert len(set(values)) == len(values)
