"""The page that loads static files ahead: what it may do, and that it always leads on."""

import re
from base64 import b64encode
from hashlib import sha256

from proxy.core.preload import preload_page

ORIGIN = "http://ide.localhost:8080"
ROOT = f"{ORIGIN}/blobserve/vscode:0a/__files__"
START = "http://podium.localhost:8080/start/w"


def test_its_one_script_is_allowed_and_may_only_ask_the_assets_host():
    headers, body = preload_page(ORIGIN, ROOT, START)
    (script,) = re.findall(r"<script>(.*?)</script>", body.decode(), re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = dict(headers)[b"content-security-policy"].decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert f"connect-src {ORIGIN};" in policy
    assert policy.startswith("default-src 'none';")


def test_it_leads_on_without_scripts_too():
    text = preload_page(ORIGIN, ROOT, START)[1].decode()
    assert f'data-root="{ROOT}"' in text
    assert f'data-next="{START}"' in text
    assert f'<a href="{START}">' in text
    assert f'content="0;url={START}"' in text
