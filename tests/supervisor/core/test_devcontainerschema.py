"""The schema of devcontainer.json."""

from jsonschema import Draft7Validator

from supervisor.core.devcontainerschema import LIFE_CYCLE, ON_FORWARD, SCHEMA, UNFOLLOWED
from wire.ports import ON_OPEN


def test_it_is_a_schema_that_knows_all_that_is_listed():
    Draft7Validator.check_schema(dict(SCHEMA))
    assert {*LIFE_CYCLE, *UNFOLLOWED} <= SCHEMA["properties"].keys()
    assert set(ON_FORWARD.values()) == set(ON_OPEN)
