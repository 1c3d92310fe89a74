"""Whose the object store is, from the command line."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

from cli.backup import store
from cli.problems import CommandError
from cli.settings import Settings
from kit.objectowner import OwnedByOther, claim, kept
from tests import objectstore
from tests.cli.backup.whole import installed, settings_of

pytestmark = pytest.mark.root


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory):
    with objectstore.running(tmp_path_factory.mktemp("store")) as started:
        yield started


def machine(folder: Path, far: objectstore.ObjectStore) -> Settings:
    address = f"s3:http://127.0.0.1:{far.port}/{objectstore.BUCKET}/cli"
    where = {"PODIUM_BACKUP_STORE": address}
    where["PODIUM_BACKUP_STORE_CREDENTIALS"] = str(far.credentials)
    return installed(settings_of(folder, "root", **where))


def run(settings: Settings, *words: str) -> int:
    parser = ArgumentParser()
    store.add(parser)
    return store.run(settings, parser.parse_args(words))


def test_it_is_shown_and_taken_over_once_the_other_one_is_gone(
    tmp_path: Path, far: objectstore.ObjectStore, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = machine(tmp_path / "one", far), machine(tmp_path / "other", far)
    assert run(one, "show") == 0
    assert "nobody's yet" in capsys.readouterr().out
    me = kept(Path(one.layout.installation), 0)
    claim(far.below("cli"), me)
    run(one, "show")
    assert "this installation's" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Two that write") as refused:
        run(other, "take-over")
    assert refused.value.cause == f"installation {me.installation}'s"
    claim(far.below("cli"), me)  # nothing has happened
    assert run(other, "take-over", "--yes") == 0
    claim(far.below("cli"), kept(Path(other.layout.installation), 0))
    with pytest.raises(OwnedByOther):
        claim(far.below("cli"), me)
    run(one, "take-over", "--yes")
    claim(far.below("cli"), kept(Path(one.layout.installation), 0))


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="on this machine"):
        run(settings_of(tmp_path, "root"), "show")
    address = "s3:http://127.0.0.1:1/bucket"
    away = settings_of(tmp_path, "root", PODIUM_BACKUP_STORE=address)
    with pytest.raises(CommandError, match="could not be asked"):
        run(away, "show")
