"""How dotfiles are cloned, and whose script runs."""

from supervisor.core.dotfiles import SCRIPTS, clone_command, first_script, script_command


def test_an_address_is_no_option_and_a_path_no_word_of_the_shell() -> None:
    assert clone_command("--upload-pack=x", "/h/d")[-3:] == ["--", "--upload-pack=x", "/h/d"]
    assert script_command("/h/$(x)/install.sh") == [
        *("/bin/sh", "-c", 'exec "$0"', "/h/$(x)/install.sh"),
    ]


def test_the_first_of_gitpods_list_that_can_run_is_run() -> None:
    assert first_script({"setup", "bootstrap", "script/setup"}.__contains__) == "bootstrap"
    assert first_script(lambda _name: False) == ""
    assert SCRIPTS[0] == "install.sh"
