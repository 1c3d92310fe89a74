from pathlib import Path

from daemon.host.homes import is_filled, is_folder


def test_a_home_counts_when_something_is_in_it_and_no_link_leads_there(tmp_path: Path) -> None:
    home = tmp_path / "home" / "gitpod"
    assert not is_filled(home)
    home.mkdir(parents=True)
    assert not is_filled(home)
    (home / ".bashrc").touch()
    assert is_filled(home)
    linked = tmp_path / "linked"
    linked.symlink_to(home)
    assert not is_filled(linked)
    assert not is_folder(linked)
    assert is_folder(home)
