"""Pages that the proxy answers itself: self-contained, light and dark, honest about the cause."""

from dataclasses import dataclass
from html import escape

# The dashboard's look: values of frontend/static/css/tokens.css, since a page of a dead
# upstream can load no other file.
_STYLE = """
:root{color-scheme:light dark;--bg:#fcfcfd;--fg:#171a21;--dim:#596273;--line:#e4e7ed;--accent:#3158d4;--link:#3158d4}
@media(prefers-color-scheme:dark){:root{--bg:#101317;--fg:#e7eaf0;--dim:#9aa4b5;--line:#262b34;--accent:#4066e0;--link:#95abff}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",sans-serif}
header{display:flex;align-items:center;gap:10px;height:56px;padding:0 16px;border-bottom:1px solid var(--line);
font-size:17px;font-weight:650}header svg{width:22px;height:22px;fill:var(--accent)}
@media(min-width:720px){header{padding:0 max(24px,calc(50vw - 536px))}main{padding-top:72px}}
main{max-width:680px;margin:0 auto;padding:48px 16px}h1{font-size:22px;line-height:1.3;margin:0 0 12px;overflow-wrap:anywhere}
p{margin:0 0 12px;color:var(--dim);overflow-wrap:anywhere}nav{display:flex;gap:12px 20px;flex-wrap:wrap;align-items:center;margin:24px 0 32px}
a{color:var(--link);font-size:14px}a.first{padding:8px 16px;border-radius:7px;background:var(--accent);color:#fff;
text-decoration:none;font-weight:550}a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
progress{width:100%;height:6px;accent-color:var(--accent)}
footer{color:var(--dim);font-size:13px;display:flex;gap:4px 16px;flex-wrap:wrap}
code{font:13px/1.5 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
"""
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


def page(
    title: str, cause: str, cure: str, detail: str, links: tuple[Link, ...] = (), again: int = 0
) -> bytes:
    """Return a whole page; the first link is the one next action.

    With `again` the page asks anew after so many seconds. Everything is escaped here.
    """
    refresh = f'<meta http-equiv="refresh" content="{again}">' if again else ""
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in (cause, cure) if text)
    anchors = "".join(_anchor(link, first=at == 0) for at, link in enumerate(links))
    way = f"<nav>{anchors}</nav>" if links else ""
    waiting = f"<span>This page asks again every {again} s.</span>" if again else ""
    body = (
        f"<main><h1>{escape(title)}</h1>{paragraphs}{way}"
        f"<footer><code>{escape(detail)}</code>{waiting}</footer></main>"
    )
    return frame(title, body, refresh)


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
