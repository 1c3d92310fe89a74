"""`gp completion`: scripts for shells, made of the table of commands."""

import argparse
import sys
from collections.abc import Iterator, Mapping

from supervisor.cli.client import Client
from supervisor.cli.commands import COMMANDS, GROUPS, Command

_CASES = """\
  case "$at" in
{cases}
  esac
"""
_BASH = """\
_gp() {{
  local at="" words="" one
  for one in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    [[ $one == -* ]] || at+="${{at:+ }}$one"
  done
{cases}  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _gp gp
"""
_ZSH = """\
#compdef gp
_gp() {{
  local at="" words_="" one
  for one in "${{(@)words[2,CURRENT-1]}}"; do
    [[ $one == -* ]] || at+="${{at:+ }}$one"
  done
{cases}  compadd -- ${{=words_}} || _files
}}
compdef _gp gp
"""


def completion(found: argparse.Namespace, _client: Client, _environment: Mapping[str, str]) -> int:
    """Print the script."""
    sys.stdout.write(script(found.shell))
    return 0


def script(shell: str) -> str:
    """Return the script for bash, zsh or fish."""
    match shell:
        case "bash":
            return _BASH.format(cases=_cases("words"))
        case "zsh":
            return _ZSH.format(cases=_cases("words_"))
        case _:
            return _fish()


def _shown() -> list[Command]:
    return [one for one in COMMANDS if not one.hidden]


def _options(one: Command) -> list[str]:
    return [name for word in one.words for name in word.names if name.startswith("--")]


def _follow(group: str) -> list[str]:
    """Return what can stand behind a word, behind none when it is empty."""
    if group:
        return [one.path.split(" ")[1] for one in _shown() if one.path.startswith(f"{group} ")]
    return sorted({*GROUPS, *(one.path for one in _shown() if " " not in one.path)})


def _cases(variable: str) -> str:
    lines = [f'    "") {variable}="{" ".join(_follow(""))}" ;;']
    lines += [f'    "{group}") {variable}="{" ".join(_follow(group))}" ;;' for group in GROUPS]
    for one in _shown():
        words = " ".join([*_options(one), *_choices(one)])
        lines.append(f'    "{one.path}"*) {variable}="{words}" ;;')
    return _CASES.format(cases="\n".join(lines))


def _choices(one: Command) -> list[str]:
    """Return the values that a plain word can have."""
    plain = [word for word in one.words if not word.names[0].startswith("-")]
    return [value for word in plain for value in word.more.get("choices", ())]


def _fish() -> str:
    return "".join(f"{line}\n" for line in _fish_lines())


def _fish_lines() -> Iterator[str]:
    yield "complete -c gp -f -n __fish_use_subcommand"
    for name in _follow(""):
        text = GROUPS.get(name) or next(one.text for one in COMMANDS if one.path == name)
        yield f"complete -c gp -n __fish_use_subcommand -a {name} -d {_quoted(text)}"
    for one in _shown():
        group, _, name = one.path.rpartition(" ")
        seen = f"__fish_seen_subcommand_from {group or name}"
        if group:
            others = " ".join(_follow(group))
            unless = f"{seen}; and not __fish_seen_subcommand_from {others}"
            yield f"complete -c gp -f -n '{unless}' -a {name} -d {_quoted(one.text)}"
            seen = f"{seen}; and __fish_seen_subcommand_from {name}"
        for option in _options(one):
            yield f"complete -c gp -n '{seen}' -l {option.removeprefix('--')}"
        for value in _choices(one):
            yield f"complete -c gp -f -n '{seen}' -a {value}"


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{plain}'"
