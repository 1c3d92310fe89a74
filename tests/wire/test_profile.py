import pytest
from msgspec import ValidationError, convert

from wire.profile import FileName


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("settings.json", True),
        ("keybindings.json", True),
        ("snippets/python.json", True),
        ("snippets/my own.code-snippets", True),
        ("snippets/../settings.json", False),
        ("snippets/.x.json", False),
        ("/etc/passwd", False),
        ("tasks.json", False),
        ("settings.json\n", False),
    ],
)
def test_names_are_those_of_an_editors_files_alone(name: str, *, good: bool) -> None:
    if good:
        assert convert(name, FileName) == name
    else:
        with pytest.raises(ValidationError):
            convert(name, FileName)
