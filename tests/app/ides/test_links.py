import pytest

from app.ides.links import link_of
from app.ides.reading import built_in

WORKSPACE = "amber-otter-0000000000"
OPTIONS = built_in().options


@pytest.mark.parametrize(
    ("ide", "link"),
    [
        ("vscode-desktop", "vscode://vscode-remote/ssh-remote+{at}/workspace/a?windowId=_blank"),
        (
            "vscode-insiders",
            "vscode-insiders://vscode-remote/ssh-remote+{at}/workspace/a?windowId=_blank",
        ),
        ("cursor", "cursor://vscode-remote/ssh-remote+{at}/workspace/a?windowId=_blank"),
        ("zed", "zed://ssh/{at}/workspace/a"),
        (
            "jetbrains-gateway",
            (
                "jetbrains-gateway://connect#type=ssh&host=podium.example&port=2222&user="
                f"{WORKSPACE}&projectPath=/workspace/a"
            ),
        ),
    ],
)
def test_each_leads_to_the_gateway(ide: str, link: str) -> None:
    found = link_of(OPTIONS[ide], WORKSPACE, "podium.example", 2222, "/workspace/a")
    assert found == link.format(at=f"{WORKSPACE}@podium.example:2222")


def test_a_folders_name_cannot_change_what_the_link_means() -> None:
    odd = "/workspace/a&b#c?d {user} \"'<é>"
    found = link_of(OPTIONS["jetbrains-gateway"], WORKSPACE, "podium.localhost", 22, odd)
    assert found.endswith("projectPath=/workspace/a%26b%23c%3Fd%20%7Buser%7D%20%22%27%3C%C3%A9%3E")
    assert "host=localhost&port=22&" in found
