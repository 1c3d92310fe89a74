import pytest

from app.images.wish import LONGEST, wish_of


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", {}),
        ("tasks: []\n", {}),
        ("image: gitpod/workspace-full\n", {"name": "gitpod/workspace-full"}),
        ("image: 'gitpod/workspace-go:2024-01-01'\n", {"name": "gitpod/workspace-go:2024-01-01"}),
        ("image:\n", {}),
        ("image: ~\n", {}),
        ("image: [a]\n", {}),
        ("image:\n  file: .gitpod.Dockerfile\n", {"file": ".gitpod.Dockerfile"}),
        ("image:\n  context: [x]\n  file: a/Dockerfile\n", {"file": "a/Dockerfile"}),
        ("image:\n  context: x\n", {}),
        ("image: {context: ., file: D}\n", {"file": "D", "context": "."}),
        ("tasks:\n  - image: no\n    env: {image: no}\nimage: yes\n", {"name": "yes"}),
        ("? [odd, key]\n: {a: b}\nimage: x\n", {"name": "x"}),
        ("- image: x\n", {}),
        ("image\n", {}),
        ("*unknown\n", {}),
    ],
)
def test_the_top_level_image_counts(text: str, wish: dict[str, str]) -> None:
    assert wish_of(text) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ('{"image": "mcr.example/x:1"}', {"name": "mcr.example/x:1"}),
        ('{"name":"n","image":"x",}', {"name": "x"}),
        ('// says it\n{\n\t"name": "a // b",\n\t"image": "x", /* y */\n}', {"name": "x"}),
        ('{"build": {"dockerfile": "Dockerfile"}}', {}),
        ('{"image": "x", "a": [1,', {"name": "x"}),
        ("{", {}),
        ("/* no end", {}),
    ],
)
def test_a_devcontainer_json_is_read_as_well(text: str, wish: dict[str, str]) -> None:
    assert wish_of(text) == wish


def test_what_follows_the_image_may_be_broken_or_cut_off() -> None:
    assert wish_of("image: x\ntasks: [") == {"name": "x"}
    assert wish_of("tasks: [\nimage: x") == {}
    assert wish_of("image: x\n\t- \x00") == {}


def test_what_is_made_to_hurt_does_not() -> None:
    bomb = "a: &a [x,x]\n" + "".join(f"b{n}: [*a,*a]\n" for n in range(500))
    assert wish_of(f"{bomb}image: x\n") == {"name": "x"}
    assert wish_of("[" * 30_000) == {}
    assert wish_of("a: " + "{b: " * 8_000) == {}


def test_a_name_is_one_short_line() -> None:
    assert wish_of('image: "a\\nb\\u202ec"\n') == {"name": "abc"}
    assert len(wish_of(f"image: {'x' * 1000}\n")["name"]) == LONGEST


def test_what_is_nested_without_an_end_is_left_unread():
    assert wish_of(f"x: {'[' * 10}{']' * 10}\nimage: a") == {"name": "a"}
    assert wish_of(f"x: {'{a: ' * 100}b{'}' * 100}\nimage: a") == {}
    assert wish_of("{" * 32_000) == {}
