"""What a Dockerfile begins with, and which files of its context it can read. Pure.

A build is named by what it is made of (`app.imagebuilds.key`), so a commit that changes
nothing of that needs no new image. Whatever is not understood here counts as reading all.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 64 * 1024
"""Characters; a longer file is none that people write."""
_VARIABLE = re.compile(r"\$(?:\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}|(?P<plain>\w+))", re.ASCII)
_HEREDOC = re.compile(r"<<-?[\"']?(\w+)")
_URL = re.compile(r"[a-z]+://|git@", re.IGNORECASE)
_FLAG = re.compile(r"--(?P<name>[a-z-]+)(?:=(?P<value>\S*))?\s+")
_UNCLEAR = re.compile(r"[*?\[\\$\"']")
NO_IMAGE: Final = "scratch"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a build reads beside its Dockerfile."""

    images: tuple[str, ...]
    """Images that stages begin with or copy from, as they are named."""
    sources: tuple[str, ...] | None
    """Paths in the context, sorted; None is all of it."""


def read(text: str, arguments: Mapping[str, str]) -> Recipe:
    """Return what the text reads; `arguments` are those that the build is given."""
    values: dict[str, str] = {}
    images: dict[str, None] = {}
    stages: set[str] = set()
    sources: set[str] | None = set()
    begun = False
    for word, rest in _instructions(text):
        flags, words = _flags(rest)
        match word:
            case "ARG" if not begun:
                name, _equals, default = words.partition("=")
                values[name] = arguments.get(name, _filled(default.strip("\"'"), values))
            case "FROM":
                begun = True
                name, stage = _stage(_filled(words, values))
                if name.lower() not in stages | {NO_IMAGE} and not name.isdigit():
                    images[name] = None
                stages.add(stage)
            case "COPY" | "ADD" if "from" in flags:
                name = _filled(flags["from"], values)
                if name.lower() not in stages and not name.isdigit():
                    images[name] = None
            case "COPY" | "ADD":
                sources = _joined(sources, words)
            case "RUN" if "type=bind" in flags.get("mount", "") and "from=" not in flags["mount"]:
                sources = None
            case "ONBUILD":
                sources = None
            case _:
                continue
    kept = tuple(one for one in images if one)
    return Recipe(kept, None if sources is None else tuple(sorted(sources)))


def _joined(sources: set[str] | None, rest: str) -> set[str] | None:
    """Return the sources with those of a COPY or ADD."""
    if sources is None:
        return None
    words = _words(rest)
    for one in words[:-1]:
        if one.startswith("<<") or _URL.match(one):
            continue
        path = "/".join(part for part in one.split("/") if part not in {"", "."})
        if not path or _UNCLEAR.search(one) or ".." in path.split("/"):
            return None
        sources.add(path)
    return sources if len(words) > 1 else None


def _words(rest: str) -> list[str]:
    if rest.startswith("["):
        try:
            found = json.loads(rest)
        except ValueError:
            return []
        return [one for one in found if isinstance(one, str)]
    return rest.split()


def _stage(rest: str) -> tuple[str, str]:
    words = rest.split()
    named = len(words) == 3 and words[1].lower() == "as"
    return (words[0] if words else ""), (words[2].lower() if named else "")


def _flags(rest: str) -> tuple[dict[str, str], str]:
    found: dict[str, str] = {}
    while match := _FLAG.match(rest):
        found[match["name"]] = f"{found.get(match['name'], '')} {match['value'] or ''}".strip()
        rest = rest[match.end() :]
    return found, rest


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        found = values.get(match["name"] or match["plain"], "")
        return found or match["default"] or ""

    return _VARIABLE.sub(value, text)


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield instruction and rest, lines joined, comments and heredocs left out."""
    joined, end = "", ""
    for line in text[:LONGEST].splitlines():
        if end:
            end = "" if line.strip() == end else end
            continue
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        joined += f"{stripped} "
        if stripped.endswith("\\"):
            joined = joined[:-2] + " "
            continue
        word, _space, rest = joined.strip().partition(" ")
        joined = ""
        heredoc = _HEREDOC.search(rest)
        end = heredoc[1] if heredoc is not None else ""
        yield word.upper(), rest.strip()
    if joined.strip():
        word, _space, rest = joined.strip().partition(" ")
        yield word.upper(), rest.strip()
