"""Pages that the proxy answers itself: self-contained, light and dark, honest about the cause."""

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from html import escape

# The dashboard's look: values of frontend/static/css/tokens.css, since a page of a dead
# upstream can load no other file.
_STYLE = """
:root{color-scheme:light dark;--bg:#fcfcfd;--raised:#fff;--hover:#f0f2f6;--fg:#171a21;--dim:#596273;--line:#e4e7ed;
--strong:#c9cfd9;--accent:#3158d4;--press:#2649bd;--link:#3158d4;--ok:#14793a;--warn:#8f5800;--off:#677184}
@media(prefers-color-scheme:dark){:root{--bg:#101317;--raised:#171b21;--hover:#1d222a;--fg:#e7eaf0;--dim:#9aa4b5;--line:#262b34;
--strong:#3a414d;--accent:#4066e0;--press:#3559cf;--link:#95abff;--ok:#4fc47f;--warn:#e2a750;--off:#8b95a6}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif}
header{display:flex;align-items:center;gap:10px;height:56px;padding:0 16px;border-bottom:1px solid var(--line);
font-size:17px;font-weight:650}header svg{width:22px;height:22px;fill:var(--accent)}
main{max-width:680px;margin:0 auto;padding:40px 16px}
@media(min-width:720px){header{padding:0 max(24px,calc(50vw - 536px))}main{padding-top:72px}}
h1{font-size:22px;line-height:1.3;letter-spacing:-.012em;margin:0 0 12px;overflow-wrap:anywhere}
h2{font-size:13px;font-weight:600;color:var(--dim);margin:0 0 8px}
p{margin:0 0 12px;color:var(--dim);overflow-wrap:anywhere}
.state{display:flex;flex-wrap:wrap;align-items:center;gap:2px 8px;margin:0 0 10px;font-size:14px;color:var(--off)}
.state::before{content:"";width:8px;height:8px;border-radius:50%;background:currentColor}.state b{font-weight:540}
.state code{color:var(--dim)}.running{color:var(--ok)}.starting{color:var(--link)}.stopping{color:var(--warn)}
.stopped::before{background:none;box-shadow:inset 0 0 0 2px currentColor}
.starting::before,.stopping::before{animation:breathe 1.8s ease-in-out infinite}@keyframes breathe{50%{opacity:.3}}
@media(prefers-reduced-motion:reduce){.state::before{animation:none!important}}
nav{display:flex;gap:8px;flex-wrap:wrap;align-items:center;margin:24px 0 32px}nav:empty{margin:0 0 28px}
a{color:var(--link);font-size:14px}a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
nav a{display:inline-flex;align-items:center;min-height:36px;padding:0 14px;border:1px solid var(--strong);border-radius:7px;
background:var(--raised);color:var(--fg);font-weight:500;line-height:1.2;text-decoration:none}nav a:hover{background:var(--hover)}
nav a.first{border-color:var(--accent);background:var(--accent);color:#fff}nav a.first:hover{background:var(--press)}
ul{list-style:none;margin:0 0 32px;padding:0;border:1px solid var(--line);border-radius:11px;background:var(--raised)}
li{display:flex;align-items:center;gap:2px 16px;min-height:42px;padding:6px 16px}li+li{border-top:1px solid var(--line)}
li>:first-child{min-width:52px;font-size:15px;font-weight:550;font-variant-numeric:tabular-nums}
li span{color:var(--dim);font-size:14px;min-width:0;overflow-wrap:anywhere}li span:last-child:not(:first-child){margin-left:auto}
li .name{color:var(--fg);margin-left:0!important}
progress{width:100%;height:6px;accent-color:var(--accent)}
footer{color:var(--dim);font-size:13px;display:flex;gap:4px 16px;flex-wrap:wrap}
code{font:13px/1.5 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
"""
_SCRIPT = """
const {watches,again}=document.currentScript.dataset;
const pause=ms=>new Promise(done=>setTimeout(done,ms));
(async()=>{while(watches){try{
const answer=await fetch(watches,{cache:"no-store"});
if(answer.status!==204)break;
}catch{await pause(3000)}}
await pause(again);
location.hash?location.reload():location.replace(location.href)})();
"""
SCRIPT_HASH = b64encode(sha256(_SCRIPT.encode()).digest()).decode()
"""Of the script by which a page asks anew, for its policy."""
_MARK = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="1" y="12" width="7" height="10" rx="1.25" opacity=".45"/>'
    '<rect x="8.5" y="3" width="7" height="19" rx="1.25"/>'
    '<rect x="16" y="15" width="7" height="7" rx="1.25" opacity=".45"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a person can go on; `tab` opens one of its own."""

    url: str
    words: str
    tab: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a page's list: a name to follow, what it is, and what is to be said of it."""

    name: str
    words: str = ""
    url: str = ""
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows beside its words."""

    state: str = ""
    """Of the workspace: running, starting, stopping or stopped."""
    what: str = ""
    """Whose state it is."""
    watches: str = ""
    """A path that answers, other than with 204, when the page is over: then it asks anew."""
    heading: str = ""
    rows: tuple[Row, ...] = ()


NOTHING = Shown()


def page(
    title: str,
    cause: str,
    cure: str,
    detail: str,
    links: tuple[Link, ...] = (),
    again: int = 0,
    shown: Shown = NOTHING,
) -> bytes:
    """Return a whole page; the first link is the one next action.

    With `again` the page asks anew after so many seconds, unless it watches. Everything is
    escaped here.
    """
    watches = shown.watches
    paragraphs = "".join(f"<p>{_words(text)}</p>" for text in (cause, cure) if text)
    anchors = "".join(_anchor(link, first=at == 0) for at, link in enumerate(links))
    refresh = waiting = ""
    if watches or again:
        refresh = f'<noscript><meta http-equiv="refresh" content="{again or 10}"></noscript>'
        how = "goes on by itself" if watches else f"asks again every {again} s"
        ways = f'data-watches="{escape(watches)}" data-again="{100 if watches else again * 1000}"'
        waiting = f"<span>This page {how}.</span><script {ways}>{_SCRIPT}</script>"
    body = (
        f"<main>{_state(shown)}<h1>{escape(title)}</h1>{paragraphs}<nav>{anchors}</nav>{_rows(shown)}"
        f"<footer><code>{escape(detail)}</code>{waiting}</footer></main>"
    )
    return frame(title, body, refresh)


def _words(text: str) -> str:
    """Return a sentence as markup; what stands between backticks is typed as it is."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


def _state(shown: Shown) -> str:
    if not shown.state:
        return ""
    words = f"<b>{escape(shown.state)}</b> <code>{escape(shown.what)}</code>"
    return f'<p class="state {escape(shown.state)}">{words}</p>'


def _rows(shown: Shown) -> str:
    if not shown.rows:
        return ""
    lines = "".join(f"<li>{_row(row)}</li>" for row in shown.rows)
    return f"<h2>{escape(shown.heading)}</h2><ul>{lines}</ul>"


def _row(row: Row) -> str:
    name = escape(row.name)
    first = f'<a href="{escape(row.url)}">{name}</a>' if row.url else f"<span>{name}</span>"
    words = f'<span class="name">{escape(row.words)}</span>' if row.words else ""
    return first + words + (f"<span>{escape(row.aside)}</span>" if row.aside else "")


def frame(title: str, body: str, head: str = "") -> bytes:
    """Return a whole page around markup that is escaped already."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"{head}<title>{escape(title)} · Podium</title><style>{_STYLE}</style></head>"
        f"<body><header>{_MARK}Podium</header>{body}</body></html>"
    ).encode()


def _anchor(link: Link, *, first: bool) -> str:
    target = ' target="_blank" rel="noopener"' if link.tab else ""
    style = ' class="first"' if first else ""
    return f'<a{style}{target} href="{escape(link.url)}">{escape(link.words)}</a>'
