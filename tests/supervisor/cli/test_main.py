"""`gp` as a whole."""

import pytest

from supervisor.cli.__main__ import main
from tests.supervisor.cli.samples import ENVIRONMENT


@pytest.fixture(autouse=True)
def inside(monkeypatch, tmp_path):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PODIUM_LOCAL_SOCKET", str(tmp_path / "none.sock"))


def test_addresses(capsys):
    assert main(["url", "3000"]) == 0
    assert capsys.readouterr().out == "http://3000-amber-otter-4k2hw9xz1q.ws.localhost:8080\n"


def test_a_silent_supervisor_is_one_line_and_exit_code_1(capsys):
    assert main(["ports", "list"]) == 1
    assert capsys.readouterr().err.startswith("gp: the supervisor does not answer at ")


@pytest.mark.parametrize("words", [[], ["tasks"], ["unknown"], ["url", "x"]])
def test_what_cannot_be_understood_is_told_with_its_usage(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: gp" in capsys.readouterr().err
