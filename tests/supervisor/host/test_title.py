"""Keeping VS Code's title up to date without touching what a person chose."""

import json
from pathlib import Path

import pytest

from kit.tasks import Tasks
from supervisor.core.title import window_title
from supervisor.host.defaults import machine_settings, write_defaults
from supervisor.host.title import KEY, follow_title, write_title
from tests.supervisor.samples import wish
from tests.waiting import until

TITLE = window_title("demo", None, 0.0)


@pytest.fixture
def settings(tmp_path: Path, account) -> Path:
    write_defaults(str(tmp_path), account)
    return Path(machine_settings(str(tmp_path)))


def value(settings: Path) -> object:
    return json.loads(settings.read_text()).get(KEY)


def test_it_is_set_beside_the_other_settings(settings: Path, account):
    before = json.loads(settings.read_text())
    assert write_title(str(settings), account, TITLE)
    assert json.loads(settings.read_text()) == {**before, KEY: TITLE}
    other = window_title("demo", 60.0, 0.0)
    assert write_title(str(settings), account, other)
    assert value(settings) == other
    assert [one.name for one in settings.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ['{"window.title": "mine"}', "{} // mine", "[]", ""])
def test_what_a_person_wrote_stays(settings: Path, account, text: str):
    settings.write_text(text)
    write_title(str(settings), account, TITLE)
    assert settings.read_text() == text


def test_links_are_not_followed(settings: Path, account, tmp_path: Path):
    settings.unlink()
    settings.symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_text("{}")
    assert not write_title(str(settings), account, TITLE)
    assert (tmp_path / "elsewhere").read_text() == "{}"


async def test_it_follows_what_is_wanted(settings: Path, account, tmp_path: Path):
    wanted = [wish(name="one")]
    tasks = Tasks()
    tasks.spawn(follow_title(str(tmp_path), account, lambda: wanted[0], every=0.01), "title")
    try:
        await until(lambda: "one" in str(value(settings)))
        wanted[0] = wish(name="two")
        await until(lambda: "two" in str(value(settings)))
    finally:
        await tasks.close()
