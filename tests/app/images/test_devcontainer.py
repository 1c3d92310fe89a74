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


@given(st.text())
def test_any_text_says_something_or_nothing(text: str):
    assert isinstance(asked_for(text), dict)
