"""The pages of a share link hold nothing but what they must, and escape what they show."""

import re
from base64 import b64encode
from hashlib import sha256

from proxy.core.sharepages import arrival, away, password
from tests.proxy.world import SHARE_TOKEN, WORKSPACE
from wire.hosts import PortHost

HOST = PortHost(WORKSPACE, 3000)


def test_the_one_script_is_the_one_that_the_policy_allows():
    reply = arrival()
    script = re.findall(rb"<script>(.*?)</script>", reply.body)
    assert len(script) == 1
    allowed = dict(reply.headers)[b"content-security-policy"].decode()
    assert b64encode(sha256(script[0]).digest()).decode() in allowed
    assert b"src=" not in reply.body
    assert b"<noscript>" in reply.body


def test_pages_with_a_form_have_no_script():
    for reply in (password(HOST, SHARE_TOKEN, "c", wrong=False), away(SHARE_TOKEN, "It starts.")):
        assert b"<script" not in reply.body
        assert b"script-src" not in dict(reply.headers)[b"content-security-policy"]
        assert b'method="post" action="/.podium/share"' in reply.body


def test_what_came_from_outside_is_escaped():
    reply = password(HOST, '"><script>', "share_password", wrong=True)
    assert b"<script" not in reply.body
    assert b'role="alert"' in reply.body
    assert b"<i>" not in away("t", "<i>").body
