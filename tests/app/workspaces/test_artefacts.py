"""The pointer file that set-up writes."""

from pathlib import Path

from app.workspaces.artefacts import Artefacts, images_of, read_artefacts


def test_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "artefacts.json"
    assert read_artefacts(path) is None
    path.write_text('{"supervisor": "s1", "vscode": "v1", "image": "i1", "later": true}')
    assert read_artefacts(path) == Artefacts(supervisor="s1", vscode="v1", image="i1")


def test_images_are_named_once_they_are_built() -> None:
    early = Artefacts(supervisor="s1", vscode="v1", image="i1")
    assert images_of(None) == {}
    assert images_of(early) == {"default": "i1"}
    later = Artefacts(supervisor="s1", vscode="v1", image="i1", full="f1")
    assert images_of(later) == {"default": "i1", "full": "f1"}


def test_a_damaged_file_is_as_none(tmp_path: Path) -> None:
    path = tmp_path / "artefacts.json"
    for text in ("{", "[]", '{"supervisor": 1}', ""):
        path.write_text(text)
        assert read_artefacts(path) is None
