"""What is changed of VS Code, on the lines that matter and in the real tree."""

import re
from pathlib import Path

import pytest

from cli.setup.ahead import SERVER as SCRIPT
from cli.setup.mend import SHARED_OF_EXTENSIONS, OtherVersionError, mend
from tests.cli.setup.built import Built

SERVER = (
    "let At={WORKBENCH_WEB_BASE_URL:b,WORKBENCH_NLS_FALLBACK_URL:`${b}/out/nls.messages.js`};"
    'let V={"Content-Type":"text/html","Content-Security-Policy":GX(Vn,X,m,p)};'
    "let q={workspaceUri:w(a),productConfiguration:F,callbackRoute:C};"
)
PAGE = (
    '<link rel="stylesheet" href="{{WORKBENCH_WEB_BASE_URL}}/a.css">\n'
    '\t<script type="module" src="{{WORKBENCH_WEB_BASE_URL}}/workbench.js"></script>\n'
)
WORKBENCH = (
    "return`${this._webWorkerService.getWorkerUrl(new l_({esmModuleLocation:bn.asBrowserUri(i),"
    'esmModuleLocationBundler:new URL("../worker/webWorkerExtensionHostIframe.html",'
    'import.meta.url),label:"webWorkerExtensionHostIframe"}))}${t}`;'
    "rewrite(o){if(this._delegate)try{return this._delegate(o)}catch(a){return sa(a),o}"
    "let e=o.authority;return e&&(e=1),P.from({scheme:Bt})}"
)
FILES = {
    "server-main.js": SERVER,
    "vs/code/browser/workbench/workbench.html": PAGE,
    "vs/code/browser/workbench/workbench.js": WORKBENCH,
    "vs/workbench/services/extensions/worker/webWorkerExtensionHostIframe.html": (
        "script-src 'self' https: http://localhost:* blob:;"
    ),
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_page_may_load_its_files_from_another_origin(out: Path) -> None:
    mend(out)
    server = (out / "server-main.js").read_text()
    assert "WORKBENCH_WEB_BASE_URL:process.env.VSCODE_STATIC_ROOT||b," in server
    assert "WORKBENCH_PAGE_BASE_URL:b," in server
    assert "`${process.env.VSCODE_STATIC_ROOT||b}/out/nls" in server
    assert """GX(Vn,X,m,p).replaceAll("'self'","'self' "+new URL(""" in server
    page = (out / "vs/code/browser/workbench/workbench.html").read_text()
    assert '<script type="module" id="workbench" src=' in page
    assert "addEventListener('error'" in page


def test_windows_are_light_or_dark_as_the_system_is(out: Path) -> None:
    mend(out)
    server = (out / "server-main.js").read_text()
    assert (
        'w(a),configurationDefaults:{"window.autoDetectColorScheme":true},'
        "productConfiguration:F,callbackRoute:C}" in server
    )


def test_the_frame_of_extensions_stays_on_the_pages_own_origin(out: Path) -> None:
    mend(out)
    workbench = (out / "vs/code/browser/workbench/workbench.js").read_text()
    assert workbench.startswith("return`${globalThis._VSCODE_PAGE_ROOT}${i}${t}`;rewrite(o){")


def test_themes_and_icons_of_vs_codes_own_extensions_are_shared(out: Path) -> None:
    mend(out)
    workbench = (out / "vs/code/browser/workbench/workbench.js").read_text()
    assert "let root=P.parse(shared.root);" in workbench
    assert workbench.endswith("let e=o.authority;return e&&(e=1),P.from({scheme:Bt})}")
    page = (out / "vs/code/browser/workbench/workbench.html").read_text()
    assert r"/^\/ide\/vscode\/extensions\/(?!podium\/)" in page


@pytest.mark.parametrize(
    ("path", "shared"),
    [
        ("/ide/vscode/extensions/theme-seti/icons/seti.woff", True),
        ("/ide/vscode/extensions/json/syntaxes/JSON.tmLanguage.json", True),
        ("/ide/vscode/extensions/git/dist/main.js", False),
        ("/ide/vscode/extensions/podium/package.json", False),
        ("/ide/vscode/extensions/css/server/node_modules/a/package.json", False),
        ("/home/gitpod/.podium/vscode/extensions/a/icon.svg", False),
        ("/workspace/demo/ide/vscode/extensions/a.json", False),
    ],
)
def test_what_a_person_installs_is_never_shared(path: str, *, shared: bool) -> None:
    assert (re.match(SHARED_OF_EXTENSIONS, path) is not None) is shared


@pytest.mark.parametrize("name", FILES)
def test_another_version_is_refused(out: Path, name: str) -> None:
    text = (out / name).read_text()
    (out / name).write_text(text * 2)
    with pytest.raises(OtherVersionError, match=Path(name).name):
        mend(out)


def test_the_real_tree_is_mended(built: Built) -> None:
    out = built.folder("ide") / "vscode/out"
    for name in FILES:
        assert (out / name).exists()
    assert (out / SCRIPT).read_text().count("process.env.VSCODE_STATIC_ROOT") == 4
