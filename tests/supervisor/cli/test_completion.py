"""Completions, tried with a real bash."""

import subprocess

import pytest

from supervisor.cli.client import Client
from supervisor.cli.commands import parser
from supervisor.cli.completion import completion, script


def complete(*words: str) -> list[str]:
    """What bash offers for the last of the words."""
    typed = " ".join(f"'{one}'" for one in ("gp", *words))
    asked = (
        f"{script('bash')}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _gp\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-uc", asked], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("ti",), ["timeout"]),
        (("timeout", ""), ["show", "set", "extend"]),
        (("ports", "l"), ["list"]),
        (("ports", "list", "--j"), ["--json"]),
        (("completion", ""), ["bash", "zsh", "fish"]),
        (("open", "--w"), ["--wait"]),
        (("stop", ""), []),
    ],
)
def test_bash_offers_what_can_follow(words, offered):
    assert complete(*words) == offered


def test_hidden_commands_are_offered_nowhere():
    assert "credential-helper" not in complete("")
    assert all("git-track-command" not in script(one) for one in ("bash", "zsh", "fish"))


def test_the_other_shells_have_theirs(capsys):
    assert completion(parser().parse_args(["completion", "zsh"]), Client("none"), {}) == 0
    assert capsys.readouterr().out.startswith("#compdef gp\n")
    fish = script("fish")
    assert "-n __fish_use_subcommand -a ports -d 'What listens, and who may open it'" in fish
    assert "-n '__fish_seen_subcommand_from open' -l wait" in fish
    assert "and not __fish_seen_subcommand_from show set extend' -a show" in fish
