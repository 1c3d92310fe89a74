from app.gitaccess.structs import GitAccessView, HostKeyView, SshKeyView, TokenView
from app.preferences.contexts import (
    AskContext,
    GitAccessContext,
    TrustContext,
    VariableContext,
    VariablesContext,
)
from app.variables.structs import VariableView
from app.web.assets import Assets
from app.web.render import Renderer
from app.workspaces.trusting import Trusted

RENDERER = Renderer(Assets())
HOSTILE = '"><b>x</b>'


def test_what_people_typed_is_escaped_everywhere() -> None:
    access = GitAccessView(
        tokens=[TokenView(host=HOSTILE, username=HOSTILE, created=1.0, used=None)],
        ssh_key=SshKeyView(public=HOSTILE, fingerprint=HOSTILE, created=1.0, used=2.0),
        host_keys=[HostKeyView(host=HOSTILE, algorithm=HOSTILE, fingerprint=HOSTILE, accepted=1.0)],
    )
    variable = VariableView(name=HOSTILE, pattern=HOSTILE, changed=1.0)
    pieces = [
        RENDERER.piece(VariablesContext([variable])),
        RENDERER.piece(VariableContext(variable)),
        RENDERER.piece(GitAccessContext(access, HOSTILE)),
        RENDERER.piece(TrustContext([Trusted(f"{HOSTILE}#{HOSTILE}", 1.0, 2)])),
        RENDERER.piece(AskContext(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "git-access")),
    ]
    assert all("<b>" not in str(one.content) for one in pieces)


def test_what_is_not_there_says_what_would_be() -> None:
    access = GitAccessView(tokens=[], ssh_key=None, host_keys=[])
    text = str(RENDERER.piece(GitAccessContext(access, "")).content)
    assert "Make a key" in text
    assert "Known ssh hosts" not in text
    assert "None yet" in str(RENDERER.piece(TrustContext([])).content)
