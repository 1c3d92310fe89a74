"""How dotfiles are cloned, and whose script runs."""

from supervisor.core.dotfiles import (
    SCRIPTS,
    clone_command,
    first_script,
    pull_command,
    script_command,
    unfinished,
)


def test_an_address_is_no_option_and_a_path_no_word_of_the_shell() -> None:
    assert clone_command("--upload-pack=x", "/h/d")[-3:] == ["--", "--upload-pack=x", "/h/d"]
    assert script_command("/h/$(x)/install.sh") == [
        *("/bin/sh", "-c", 'exec "$0"', "/h/$(x)/install.sh"),
    ]


def test_the_first_of_gitpods_list_that_can_run_is_run() -> None:
    assert first_script({"setup", "bootstrap", "script/setup"}.__contains__) == "bootstrap"
    assert first_script(lambda _name: False) == ""
    assert SCRIPTS[0] == "install.sh"


def test_what_is_there_is_brought_forward_and_never_thrown_away():
    assert pull_command("/home/me/.dotfiles")[-2:] == ["pull", "--ff-only"]


def test_the_last_note_of_a_log_tells_whether_it_came_to_an_end():
    assert not unfinished("")
    assert not unfinished("what a script said\nfailed: nothing of ours\n")
    assert unfinished("# began 2026-11-26\n# running install.sh\nwhat it said, cut off")
    assert not unfinished("# failed: x\n# began y\n# install.sh ran for 3 s.\n")
