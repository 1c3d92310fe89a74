"""A sound catalogue is read; anything else is an error that says file, line and key."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ides.reading import CatalogueError, built_in, catalogue_of, read, read_over

ZED = """\
default = "terminal"

[ide.terminal]
order = 1
kind = "browser"
name = "Terminals"
title = "Terminals"
opens = "the terminals"
runs = "terminal"
icon = "prompt"

[ide.zed]
order = 2
kind = "desktop"
name = "Zed"
title = "Zed"
opens = "Zed"
runs = "terminal"
icon = "letter"
link = "zed://ssh/{user}@{host}:{port}{folder}"

[client.z]
ides = ["zed"]
default = "zed"
"""


def test_ours_is_sound_and_in_order() -> None:
    catalogue = built_in()
    assert catalogue.default == "vscode"
    orders = [one.order for one in catalogue.options.values()]
    assert orders == sorted(orders)
    assert catalogue_of("") == catalogue


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('default = "terminal"', 'default = "zed"', "c.toml:1: default: 'zed' must be the id"),
        ('default = "terminal"', "", "c.toml: default: 'None' must be the id"),
        ("order = 2", 'order = "2"', "c.toml:13: ide.zed.order: Expected `int`, got `str`"),
        ('icon = "letter"', 'icon = "z"', "c.toml:19: ide.zed.icon: Invalid enum value 'z'"),
        ('name = "Zed"\n', "", "c.toml:12: ide.zed: Object missing required field `name`"),
        ('opens = "Zed"', 'open = "Zed"', "c.toml:12: ide.zed: Object"),
        ("zed://ssh", "javascript://", "c.toml:20: ide.zed.link: must be the address of a"),
        ("zed://ssh", "https://evil", "c.toml:20: ide.zed.link: must be the address of a"),
        ("{user}@", "", "c.toml:20: ide.zed.link: must hold {user} and {host}"),
        ("{port}", "{user.__class__}", "c.toml:20: ide.zed.link: {user.__class__}: there are"),
        ("{port}", "{", "c.toml:20: ide.zed.link: cannot be read"),
        ('kind = "desktop"', 'kind = "browser"', "c.toml:20: ide.zed.link: an editor of kind"),
        ("[ide.zed]", "[ide.zed-latest]", "c.toml:12: ide.zed-latest: an id has a-z"),
        ('ides = ["zed"]', 'ides = ["terminal"]', "c.toml:23: client.z.ides: 'terminal' must be"),
        ('default = "zed"', 'default = "x"', "c.toml:24: client.z.default: 'x' is not one"),
        ("[client.z]", "[clients.z]", "clients: is not known"),
        ("order = 2", "order = ", "c.toml:13: Invalid value"),
        ("order = 2", 'order = 2\naliases = ["terminal"]', "c.toml:14: ide.zed.aliases:"),
        (
            "[ide.terminal]",
            '[policy]\nallowed = ["x"]\n[ide.terminal]',
            "c.toml:4: policy.allowed:",
        ),
        ("[ide.terminal]", '[policy]\nallowed = ["zed"]\n[ide.terminal]', "must hold 'terminal'"),
        (
            "[ide.terminal]",
            '[policy]\npins.zed = "1"\n[ide.terminal]',
            "policy.pins: 'zed' must be",
        ),
        ("[ide.terminal]", "[policy]\nallow = []\n[ide.terminal]", "c.toml:3: policy: Object"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in ZED
    with pytest.raises(CatalogueError) as refused:
        read(ZED.replace(old, new), "c.toml", {"ide": {}, "client": {}})
    assert told in str(refused.value)


def test_an_operators_file_changes_keys_and_adds_editors(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'default = "terminal"\n[ide.zed]\nhidden = true\n[ide.nova]\norder = 5\nkind = "desktop"\n'
        'name = "Nova"\ntitle = "Nova"\nopens = "Nova"\nruns = "terminal"\nicon = "window"\n'
        'link = "nova://{user}@{host}"\n'
    )
    catalogue = catalogue_of(str(path))
    assert (catalogue.default, next(iter(catalogue.options))) == ("terminal", "nova")
    assert catalogue.options["zed"].hidden
    assert catalogue.options["zed"].link == built_in().options["zed"].link


def test_an_operators_policy_is_for_everybody(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[policy]\nallowed = ["vscode", "zed"]\npins = { vscode = "1.101.2" }\n')
    policy = catalogue_of(str(path)).policy
    assert (policy.allows("zed"), policy.allows("jupyterlab")) == (True, False)
    assert policy.pins == {"vscode": "1.101.2"}
    assert built_in().policy.allows("jupyterlab")


@pytest.mark.parametrize("text", ["ide = 3", "[ide]\nzed = 3", "[client]\nvscode = []"])
def test_tables_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(CatalogueError, match=r"own\.toml"):
        read_over(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_over(tmp_path / "none.toml")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text, "c.toml", {"ide": {}, "client": {}})
    except CatalogueError as refused:
        assert str(refused).startswith("c.toml")  # noqa: PT017 - most texts are refused, not all
