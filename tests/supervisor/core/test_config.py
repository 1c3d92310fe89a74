"""What is wrong in .gitpod.yml, as one text."""

from supervisor.core.config import Config, Fault


def test_faults_are_told_with_their_place_the_wrong_before_the_unknown():
    config = Config(
        name=".gitpod.yml",
        faults=[
            Fault(line=2, field="taks", cause="is not known", warning=True),
            Fault(line=9, field="tasks[0].init", cause="is a list and must be a text"),
        ],
    )
    assert config.told() == (
        ".gitpod.yml line 9, tasks[0].init: is a list and must be a text; "
        "line 2, taks: is not known"
    )


def test_a_fault_of_the_whole_file_names_no_field():
    assert str(Fault(line=3, field="", cause="this is no YAML")) == "line 3: this is no YAML"


def test_without_faults_there_is_nothing_to_tell():
    assert Config().told() == ""


def test_only_a_file_as_a_whole_is_unreadable():
    def config(**fault: object) -> Config:
        return Config(faults=[Fault(**{"line": 1, "field": "", "cause": "x", **fault})])

    assert config().unreadable
    assert not config(field="ports").unreadable
    assert not config(warning=True).unreadable
    assert not Config().unreadable


def test_where_the_code_is_wanted_is_followed_when_it_is_there():
    fault = Fault(line=3, field="checkoutLocation", cause="x", warning=True)
    other = Fault(line=4, field="github", cause="y", warning=True)
    config = Config(checkout_location="src/own/", unfollowed=[fault, other])
    assert config.placed("/workspace/src/own").unfollowed == [other]
    assert config.placed("/workspace/demo").unfollowed == [fault, other]
    assert Config(unfollowed=[other]).placed("/workspace/demo").unfollowed == [other]
