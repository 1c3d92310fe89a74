"""Two workspaces of one person, and a server that keeps for both."""

import json
from pathlib import Path

import msgspec
import pytest

from supervisor.core.config import Config
from supervisor.host.asking import NotGiven
from supervisor.host.processes import Account
from supervisor.subjects.context import Context
from supervisor.subjects.profile import ProfileSubject
from wire.profile import (
    EXTENSIONS,
    PROFILE_PATH,
    ProfileChanged,
    ProfileFile,
    ProfileGiven,
    ProfileKept,
)


class Server:
    """Keeps what it is told, as the real one does."""

    def __init__(self) -> None:
        self.files: dict[str, ProfileFile] = {}
        self.revision = 0
        self.status = 0

    async def ask(self, target: str, question: msgspec.Struct | None = None) -> bytes:
        if self.status:
            raise NotGiven(self.status, "too much")
        if target == PROFILE_PATH:
            given = ProfileGiven(revision=self.revision, files=list(self.files.values()))
            return msgspec.json.encode(given)
        assert isinstance(question, ProfileChanged)
        self.revision += 1
        self.files.pop(question.name, None)
        if question.text is not None:
            file = ProfileFile(name=question.name, text=question.text, at=1e12)
            self.files[question.name] = file
        return msgspec.json.encode(ProfileKept(revision=self.revision))


class Said:
    """Collects what people are told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, source: str, text: bytes) -> None:
        self.lines.append(f"{source}: {text.decode()}")


class Home:
    """One workspace."""

    def __init__(self, context: Context, account: Account, server: Server, folder: Path) -> None:
        (folder / "home").mkdir(parents=True)
        self.said = Said()
        context.account = Account(**{**_fields(account), "home": str(folder / "home")})
        context.data = f"{context.account.home}/.podium/vscode"
        self.user = Path(context.data) / "data/User"
        self.listed = Path(context.data) / "extensions/extensions.json"
        self.subject = ProfileSubject(
            context,
            server,  # type: ignore[arg-type] # asks without a socket
            self.said,  # type: ignore[arg-type] # only says
            lambda: Config(extensions=["the.files"]),
        )
        self._server = server

    async def look(self) -> None:
        await self.subject._agree(self._server.revision)

    def install(self, *ids: str) -> None:
        self.listed.parent.mkdir(parents=True, exist_ok=True)
        self.listed.write_text(json.dumps([{"identifier": {"id": one}} for one in ids]))


def _fields(account: Account) -> dict[str, object]:
    return {name: getattr(account, name) for name in account.__dataclass_fields__}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def homes(context: Context, account: Account, server: Server, tmp_path: Path) -> tuple[Home, Home]:
    made = [Home(context, account, server, tmp_path / name) for name in ("one", "other")]
    return made[0], made[1]


async def test_files_follow_into_the_next_workspace_and_back(homes: tuple[Home, Home]) -> None:
    one, other = homes
    (one.user / "snippets").mkdir(parents=True)
    (one.user / "settings.json").write_text('{"a": 1}')
    (one.user / "snippets/go.json").write_text("{}")
    await one.look()
    await other.look()
    assert (other.user / "settings.json").read_text() == '{"a": 1}'
    assert (other.user / "snippets/go.json").read_text() == "{}"
    (other.user / "settings.json").write_text('{"a": 22}')
    (other.user / "snippets/go.json").unlink()
    await other.look()
    await one.look()
    assert (one.user / "settings.json").read_text() == '{"a": 22}'
    assert (one.user / "snippets/go.json").exists(), (
        "what is here already is nobody else's to remove"
    )


async def test_of_two_changes_the_later_counts_and_the_other_is_kept_beside(
    homes: tuple[Home, Home], server: Server
) -> None:
    one, other = homes
    one.user.mkdir(parents=True)
    (one.user / "settings.json").write_text("{}")
    await one.look()
    await other.look()
    (one.user / "settings.json").write_text('{"one": 1}')
    (other.user / "settings.json").write_text('{"other": 1}')
    await one.look()
    await other.look()
    assert (other.user / "settings.json").read_text() == '{"one": 1}'
    assert (other.user / "settings.json.replaced").read_text() == '{"other": 1}'
    assert server.files["settings.json"].text == '{"one": 1}'


async def test_who_removes_the_folder_gets_everything_back(
    homes: tuple[Home, Home], server: Server
) -> None:
    one, _ = homes
    one.user.mkdir(parents=True)
    (one.user / "settings.json").write_text('{"a": 1}')
    await one.look()
    (one.user / "settings.json").unlink()
    await one.look()
    assert (one.user / "settings.json").read_text() == '{"a": 1}'
    assert "settings.json" in server.files


async def test_extensions_are_a_list_that_grows_and_shrinks_by_what_a_person_does(
    homes: tuple[Home, Home], server: Server
) -> None:
    one, other = homes
    await one.look()
    one.install("ada.theme", "the.files")
    await one.look()
    assert server.files[EXTENSIONS].text == '["ada.theme"]'
    await other.look()
    assert other.subject.extensions == ["ada.theme"]
    assert EXTENSIONS in server.files, "one that has not installed it yet takes nothing off"
    other.install("ada.theme")
    await other.look()
    other.install()
    await other.look()
    assert server.files[EXTENSIONS].text == "[]"


async def test_what_does_not_fit_is_told_once_and_a_silent_server_is_asked_again(
    homes: tuple[Home, Home], server: Server
) -> None:
    one, _ = homes
    await one.look()
    one.user.mkdir(parents=True)
    (one.user / "settings.json").write_text("{}")
    server.status = 400
    for _ in range(3):
        await one.subject._agree(0)
    assert one.said.lines == ["profile: settings.json does not go along: too much"]
    (one.user / "settings.json").write_text("{ }")
    server.status = 503
    with pytest.raises(NotGiven):
        await one.subject._agree(0)
    server.status = 0
    await one.look()
    assert server.files["settings.json"].text == "{ }"
