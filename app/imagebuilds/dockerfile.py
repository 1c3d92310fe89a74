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
    """Images that stages begin with, copy from or mount, as they are named."""
    sources: tuple[str, ...] | None
    """Paths in the context, sorted; None is all of it."""
    secrets: tuple[str, ...] = ()
    """Names of secrets that steps see."""


def read(text: str, arguments: Mapping[str, str]) -> Recipe:
    """Return what the text reads; `arguments` are those that the build is given."""
    reading = _Reading(arguments)
    for word, rest in _instructions(text):
        reading.take(word, *_flags(rest))
    sources = None if reading.sources is None else tuple(sorted(reading.sources))
    return Recipe(tuple(one for one in reading.images if one), sources, tuple(reading.secrets))


class _Reading:
    """What has been read so far."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._values: dict[str, str] = {}
        self._stages: set[str] = set()
        self._begun = False
        self.images: dict[str, None] = {}
        self.secrets: dict[str, None] = {}
        self.sources: set[str] | None = set()

    def take(self, word: str, flags: Mapping[str, str], rest: str) -> None:
        """Take in an instruction."""
        match word:
            case "ARG" if not self._begun:
                name, _equals, default = rest.partition("=")
                default = _filled(default.strip("\"'"), self._values)
                self._values[name] = self._arguments.get(name, default)
            case "FROM":
                self._begun = True
                name, stage = _stage(_filled(rest, self._values))
                if name.lower() != NO_IMAGE:
                    self._name(name)
                self._stages.add(stage)
            case "COPY" | "ADD" if "from" in flags:
                self._name(flags["from"])
            case "COPY" | "ADD":
                self.sources = _joined(self.sources, rest)
            case "RUN":
                self._mount(flags.get("mount", ""))
            case "ONBUILD":
                self.sources = None
            case _:
                return

    def _mount(self, flag: str) -> None:
        for mount in _mounts(flag):
            if "from" in mount:
                self._name(mount["from"])
            elif mount["type"] == "bind":
                self.sources = None
            elif mount["type"] == "secret" and mount.get("id"):
                self.secrets[mount["id"]] = None

    def _name(self, written: str) -> None:
        """Take in the name of an image, unless it is a stage's, or its number."""
        name = _filled(written, self._values)
        if name.lower() not in self._stages and not name.isdigit():
            self.images[name] = None


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


def _mounts(flag: str) -> Iterator[dict[str, str]]:
    """Yield the options of each `--mount` of a RUN; without a type it is a bind."""
    for one in flag.split():
        pairs = (pair.partition("=") for pair in one.split(","))
        yield {"type": "bind"} | {name.lower(): value for name, _equals, value in pairs}


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        found = values.get(match["name"] or match["plain"], "")
        return found or match["default"] or ""

    return _VARIABLE.sub(value, text)


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield instruction and rest, lines joined, comments and heredocs left out."""
    joined, end = "", ""
    lines = [line.strip() for line in text[:LONGEST].splitlines()]
    last = {line: number for number, line in enumerate(lines)}
    for number, stripped in enumerate(lines):
        if end:
            end = "" if stripped == end else end
            continue
        if not stripped or stripped.startswith("#"):
            continue
        joined += f"{stripped} "
        if stripped.endswith("\\"):
            joined = joined[:-2] + " "
            continue
        word, _space, rest = joined.strip().partition(" ")
        joined = ""
        heredoc = _HEREDOC.search(rest)
        # without its end it is none: a shift in arithmetic, a word after <<<
        end = heredoc[1] if heredoc and last.get(heredoc[1], -1) > number else ""
        yield word.upper(), rest.strip()
    if joined.strip():
        word, _space, rest = joined.strip().partition(" ")
        yield word.upper(), rest.strip()
