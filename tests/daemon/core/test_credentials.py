import pytest

from daemon.core import credentials as made
from daemon.core.credentials import NONE, Credentials

URL = "https://h.org:8443/ada/demo"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
TOKEN = Credentials(username="ada", password="ghp_1")


def test_the_configuration_names_the_host_and_no_secret() -> None:
    text = made.git_config(URL, TOKEN)
    assert text.startswith('[credential "https://h.org:8443"]\n')
    assert "ghp_1" not in text
    assert made.answer_of(TOKEN) == "username=ada\npassword=ghp_1\n"


@pytest.mark.parametrize("url", ["ssh://git@h.org/x.git", "file:///srv/x"])
def test_a_token_is_for_http_alone(url: str) -> None:
    assert made.git_config(url, TOKEN) == ""
    assert made.git_config(URL, NONE) == made.answer_of(NONE) == ""


def test_ssh_asks_the_agent_only_when_there_is_a_key() -> None:
    assert made.ssh_command(NONE).endswith("-oIdentityAgent=none")
    with_key = made.ssh_command(Credentials(ssh_key=KEY))
    assert with_key.endswith(f"-oIdentityAgent={made.AGENT}")
    assert "AAAA" not in with_key
    assert "StrictHostKeyChecking=yes" in with_key


def test_ssh_knows_what_was_accepted() -> None:
    line = "[h.org]:2222 ssh-ed25519 AAAA"
    files = made.etc_files(Credentials(known_hosts=(line,), ssh_key=KEY))
    assert files[made.KNOWN] == f"{line}\n"
    assert all("PRIVATE" not in text for text in files.values())


def test_nothing_secret_is_shown_by_accident() -> None:
    shown = repr(Credentials(username="ada", password="ghp_1", ssh_key=KEY))
    assert "ghp_1" not in shown
    assert "PRIVATE" not in shown


@pytest.mark.parametrize(
    "unfit",
    [
        Credentials(username="ada\nhost=evil"),
        Credentials(password="x\ny"),
        Credentials(password="x" * 1025),
        Credentials(ssh_key="no key"),
        Credentials(ssh_key=KEY + "more"),
        Credentials(known_hosts=("h ssh-ed25519 AAAA\n* ssh-rsa BBBB",)),
        Credentials(known_hosts=("@cert-authority * ssh-rsa AAAA",)),
        Credentials(known_hosts=("* ssh-rsa AAAA",)),
    ],
)
def test_what_is_more_than_a_line_is_unfit(unfit: Credentials) -> None:
    assert not unfit.fit


def test_the_rest_is_fit() -> None:
    assert NONE.fit
    assert TOKEN.fit
    assert Credentials(ssh_key=KEY, known_hosts=("[h.org]:2222 ssh-ed25519 AA==",)).fit
