"""Lets VS Code's page load its static files from another origin than its own.

VS Code can do that, and its vendors do; the server that is published only has no setting for
it. With `VSCODE_STATIC_ROOT` in its environment the page loads scripts, styles, fonts and
workers from below that address, and what it needs of VS Code's own extensions; without, all is
as it was. Three things stay on the page's own origin: webviews, the frame of the extension host
in the browser, because it must share the page's origin, and everything again when the other
origin does not answer. Beside that, windows are light or dark as the person's system is.

The texts are those of one version, which cli/setup/ide.json pins. Another one fails here.
"""

import re
from collections.abc import Callable
from pathlib import Path

SHARED_OF_EXTENSIONS = (
    r"^/ide/vscode/extensions/(?!podium/)(?!.*node_modules/).*"
    r"\.(?:json|svg|png|gif|jpg|ttf|woff2?|plist|tmLanguage|tmTheme)$"
)
"""Paths inside a workspace of what browsers load of VS Code's own extensions: themes, icons and
grammars. Python and JavaScript read this expression alike."""

_ROOT = "process.env.VSCODE_STATIC_ROOT"
_PAGE = Path("vs/code/browser/workbench")
_FRAME = Path("vs/workbench/services/extensions/worker/webWorkerExtensionHostIframe.html")
_DEFAULTS = 'configurationDefaults:{"window.autoDetectColorScheme":true},'
"""Settings that a person may change, and no extension may set the default of."""
_CONTENT_POLICY = r'"Content-Security-Policy":(\w+\(\w+,\w+,\w+,\w+\))'
_WIDER_POLICY = (
    rf""""Content-Security-Policy":{_ROOT}?\1.replaceAll("'self'","""
    rf""""'self' "+new URL({_ROOT}).origin):\1"""
)
_FRAME_ADDRESS = (
    r"\$\{this\._webWorkerService\.getWorkerUrl\(new \w+\(\{"
    r"esmModuleLocation:\w+\.asBrowserUri\((\w+)\),"
    r'esmModuleLocationBundler:new URL\("\.\./worker/webWorkerExtensionHostIframe\.html",'
    r'import\.meta\.url\),label:"webWorkerExtensionHostIframe"\}\)\)\}'
)
_REWRITE = (
    r"rewrite\((\w+)\)\{"
    r"(if\(this\._delegate\)try\{return this\._delegate\(\1\)\}.{1,400}?,(\w+)\.from\()"
)
_REWRITE_FIRST = (
    r"rewrite(\1){let shared=globalThis._VSCODE_EXTENSION_ROOT;"
    r"if(shared&&shared.holds(\1.path)){let root=\3.parse(shared.root);"
    r'return root.with({path:root.path+\1.path.slice("/ide/vscode".length)})}\2'
)
_BEFORE = """\
	<script nonce="{{WORKBENCH_SCRIPT_NONCE}}">
		const pageRoot = new URL('{{WORKBENCH_PAGE_BASE_URL}}', window.location).toString();
		globalThis._VSCODE_PAGE_ROOT = pageRoot + '/out/';
		const policy = { createScriptURL(url) {
			if ([baseUrl, pageRoot].some(root => url.startsWith(root + '/'))) return url;
			throw new Error('Not a script of this VS Code: ' + url);
		} };
		globalThis._VSCODE_WEB_PACKAGE_TTP = window.trustedTypes?.createPolicy('package', policy);
		if (baseUrl !== pageRoot) globalThis._VSCODE_EXTENSION_ROOT = {
			root: baseUrl,
			holds: path => SHARED.test(path),
		};
	</script>
""".replace("SHARED", f"/{SHARED_OF_EXTENSIONS.replace('/', chr(92) + '/')}/")
_AFTER = """\
	<script nonce="{{WORKBENCH_SCRIPT_NONCE}}">
		document.getElementById('workbench').addEventListener('error', async () => {
			// the other origin does not answer: everything from this one
			globalThis._VSCODE_FILE_ROOT = globalThis._VSCODE_PAGE_ROOT;
			globalThis._VSCODE_EXTENSION_ROOT = undefined;
			const style = document.createElement('link');
			style.rel = 'stylesheet';
			style.href = pageRoot + '/out/vs/code/browser/workbench/workbench.css';
			document.head.append(style);
			await import(pageRoot + '/out/nls.messages.js');
			await import(pageRoot + '/out/vs/code/browser/workbench/workbench.js');
		});
	</script>
"""


class OtherVersionError(Exception):
    """A file is not as this module knows it."""


def mend(out: Path) -> None:
    """Change the server, its page, the workbench and the frame below `out`.

    Raises OtherVersionError unless each text is found exactly once.
    """
    _replace(
        out / "server-main.js",
        (
            r"WORKBENCH_WEB_BASE_URL:(\w+),",
            rf"WORKBENCH_WEB_BASE_URL:{_ROOT}||\1,WORKBENCH_PAGE_BASE_URL:\1,",
        ),
        (
            r"WORKBENCH_NLS_FALLBACK_URL:`\$\{(\w+)\}",
            rf"WORKBENCH_NLS_FALLBACK_URL:`${{{_ROOT}||\1}}",
        ),
        (_CONTENT_POLICY, _WIDER_POLICY),
        (r"productConfiguration:(\w+),callbackRoute:", rf"{_DEFAULTS}\g<0>"),
    )
    _replace(
        out / _PAGE / "workbench.html",
        # styles and scripts are asked for in one way, so that one copy of them serves all pages
        (r'<link rel="stylesheet" ', r'<link rel="stylesheet" crossorigin '),
        (
            r'\t<script type="module" (src="\{\{WORKBENCH_WEB_BASE_URL\}\}[^"]*"></script>\n)',
            lambda found: f'{_BEFORE}\t<script type="module" id="workbench" {found[1]}{_AFTER}',
        ),
    )
    _replace(
        out / _PAGE / "workbench.js",
        (_FRAME_ADDRESS, r"${globalThis._VSCODE_PAGE_ROOT}${\1}"),
        (_REWRITE, _REWRITE_FIRST),
    )
    # https it allows from everywhere; one machine has none
    _replace(out / _FRAME, (r"https: http://localhost:\* blob:", "https: http: blob:"))


def _replace(file: Path, *changes: tuple[str, str | Callable[[re.Match[str]], str]]) -> None:
    text = file.read_text()
    for pattern, replacement in changes:
        text, count = re.subn(pattern, replacement, text)
        if count != 1:
            raise OtherVersionError(f"{file.name} holds {pattern} {count} times instead of once")
    file.write_text(text)
