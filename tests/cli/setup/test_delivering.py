"""What is built is told with its digest; what cannot be kept or pushed is an error."""

from pathlib import Path, PurePosixPath

import pytest

from cli.setup.delivering import deliver, words_of
from cli.setup.storing import shown
from wire.layout import Layout


def test_words() -> None:
    assert words_of(["code@1.2.3"], "PACKAGE") == ("code@1.2.3", "")
    assert words_of(["code", "--push=r.example/code:1"], "PACKAGE") == ("code", "r.example/code:1")
    with pytest.raises(SystemExit):
        words_of([], "PACKAGE")


def test_what_is_built_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = tmp_path / "cache/ide/0123456789ab"
    tree.mkdir(parents=True)
    layout = Layout(PurePosixPath(tmp_path / "home"), PurePosixPath(tmp_path / "cache"))
    assert deliver(layout, shown("ide", tree, "1.2.3"), "") == 0
    assert capsys.readouterr().out.split()[0] == "podium/code:1.2.3"
    assert deliver(layout, shown("ide", tree, "1.2.3"), "registry.invalid/x") == 1
    assert "registry.invalid" in capsys.readouterr().err
