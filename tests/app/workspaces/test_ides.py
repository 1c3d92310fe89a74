from app.workspaces.ides import NAMES, OPENS, choices, preferred
from wire.ides import Ide


def test_every_ide_has_its_words_and_one_is_chosen() -> None:
    assert set(NAMES) == set(OPENS) == set(Ide)
    offered = choices(Ide.TERMINAL)
    assert [one.ide for one in offered] == list(Ide)
    assert [one.ide for one in offered if one.chosen] == [Ide.TERMINAL]


def test_without_a_choice_it_is_vscode() -> None:
    assert preferred("") is Ide.VSCODE
    assert preferred("terminal") is Ide.TERMINAL
