from typing import get_args, get_type_hints

import msgspec
import pytest

from app.gitaccess import structs


def test_what_is_shown_has_no_place_for_a_secret() -> None:
    shown = [structs.TokenView, structs.SshKeyView, structs.HostKeyView, structs.GitAccessView]
    for one in shown:
        assert not {"token", "password", "private", "sealed", "secret"} & set(get_type_hints(one))


def test_limits_hold() -> None:
    assert msgspec.json.decode(b'{"token": "x"}', type=structs.SetToken).username == ""
    for body in (b'{"token": ""}', b'{"token": "%s"}' % (b"x" * 1025), b'{"token": "x", "y": 1}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(body, type=structs.SetToken)
    assert get_args(structs.Token)[0] is str
