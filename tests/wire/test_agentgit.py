"""The documents themselves are among those of tests/wire/test_agent.py."""

import msgspec
import pytest

from wire.agentgit import CredentialAsked, SignatureAsked


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (CredentialAsked, '{"protocol": "https", "host": "%s"}' % ("h" * 261)),
        (SignatureAsked, '{"key": "%s", "data": ""}' % ("A" * 2000)),
    ],
)
def test_what_is_longer_than_any_real_question_is_refused(kind: type, text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=kind)
