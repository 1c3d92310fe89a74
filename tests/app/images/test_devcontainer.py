import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.images.devcontainer import asked_for

BESIDE = {"beside": "devcontainer.json"}
FULL = '{"build": {"dockerfile": "D", "target": "t", "args": {"V": "1", "H": "${localEnv:H}"}}}'


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ('{"image": "alpine" /* small */,}', {"name": "alpine"}),
        ('{"build": {"dockerfile": "D"}}', {"file": "D", "context": ".", **BESIDE}),
        (
            '{"build": {"dockerfile": "D", "context": ".."}}',
            {"file": "D", "context": "..", **BESIDE},
        ),
        ('{"dockerFile": "D", "context": "x"}', {"file": "D", "context": "x", **BESIDE}),
        (FULL, {"file": "D", "context": ".", "target": "t", "argument/V": "1", **BESIDE}),
        ("[]", {}),
        ("{", {}),
        ("image: {file: D}", {"file": "D"}),
    ],
)
def test_an_image_or_a_build_is_asked_for(text: str, wish: dict[str, str]):
    assert asked_for(text) == wish


def test_features_are_installed_above_an_image_or_what_is_built():
    features = '"features": {"ghcr.io/a/node:1": "20", "./local": {"x": true}, "": {}}'
    first = '"overrideFeatureInstallOrder": ["ghcr.io/a/node", 5]'
    wished = {
        "feature/ghcr.io/a/node:1": '{"version": "20"}',
        "feature/./local": '{"x": true}',
    }
    assert asked_for(f"{{{features}}}") == {"file": "", "above": "", **BESIDE, **wished}
    assert asked_for(f'{{"image": "alpine", {features}, {first}}}') == {
        "file": "",
        "above": "alpine",
        **BESIDE,
        **wished,
        "first": '["ghcr.io/a/node"]',
    }
    built = asked_for(f'{{"build": {{"dockerfile": "D"}}, {features}}}')
    assert built == {"file": "D", "context": ".", **BESIDE, **wished}
    assert asked_for('{"features": {}}') == asked_for('{"features": []}') == {}
    many = {f"ghcr.io/a/{n}": {} for n in range(99)}
    assert len(asked_for(json.dumps({"features": many}))) == 33


@given(st.text())
def test_any_text_says_something_or_nothing(text: str):
    assert isinstance(asked_for(text), dict)
