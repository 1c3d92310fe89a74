from msgspec.structs import replace

from app.ides.reading import built_in
from app.ides.resolve import Policy
from wire.ides import Ide


def test_a_choice_is_an_id_an_alias_or_one_with_its_newest_version() -> None:
    known = built_in().known
    assert [known(one) for one in ("vscode", "code", "code-latest", "jupyter-latest")] == [
        "vscode",
        "vscode",
        "vscode-latest",
        "jupyterlab-latest",
    ]
    assert [known(one) for one in ("", "emacs", "emacs-latest", "terminal-latest")] == [""] * 4


def test_an_option_that_has_gone_is_the_default() -> None:
    catalogue = built_in()
    assert catalogue.option("gone")[0] == "vscode"
    assert catalogue.editor("vscode-latest").runs is Ide.VSCODE


def test_a_choice_that_does_not_count_opens_the_default_and_says_why() -> None:
    catalogue = replace(built_in(), policy=Policy(frozenset({"vscode", "terminal"})))
    assert catalogue.option("jupyter")[0] == "vscode"
    assert catalogue.fallen("jupyter") == "JupyterLab is not allowed here: VS Code opens instead."
    assert catalogue.fallen("nova") == (
        "This Podium does not know nova any more: VS Code opens instead."
    )
    assert [catalogue.counting(one) for one in ("", "jupyter", "code-latest", "xterm")] == [
        "vscode",
        "vscode",
        "vscode-latest",
        "terminal",
    ]
    assert [catalogue.fallen(one) for one in ("", "terminal", "code-latest")] == ["", "", ""]


def test_an_editor_is_told_in_words() -> None:
    editor = built_in().editor("cursor")
    assert (editor.name, editor.desktop, editor.runs) == ("Cursor", True, Ide.TERMINAL)
