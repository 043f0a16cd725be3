"""What stands at `/` where the page has not been built: how to build it, and what there is without it."""

from __future__ import annotations

from pedalcast.page.page_file import ASK_AGAIN, PageFile
from pedalcast.page.security_headers import security_headers, source_hash

_STYLE = (
    "body{font:1.05rem/1.6 system-ui,sans-serif;max-width:40rem;margin:12vh auto;padding:0 1.5rem;color:#16202a;"
    "background:#fff}code{background:#eef1f4;padding:.1em .35em;border-radius:4px}a{color:#0a58a8}"
    "@media (prefers-color-scheme:dark){body{color:#e6ebf0;background:#12181f}code{background:#25303b}a{color:#7db8f5}}"
)
_HTML = f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Pedalcast</title>
<style>{_STYLE}</style>
<h1>Pedalcast</h1>
<p>The service runs; its page has not been built. <code>make page</code> builds it, then start the service again.
Everything else works without it: <a href="/docs">the API</a>, <a href="/api/v1/realtime/stations">the stations now</a>,
<a href="/ready">what is ready</a>.</p>
<p lang="ko">서비스는 실행 중이지만 화면은 아직 만들어지지 않았습니다. <code>make page</code>로 만든 뒤 서비스를 다시
시작하세요. <a href="/docs">API</a>와 <a href="/api/v1/realtime/stations">대여소 현황</a>은
화면 없이도 쓸 수 있습니다.</p>
</html>
"""


def missing_page() -> dict[str, PageFile]:
    """The one file, by path. It loads nothing."""
    headers = security_headers({"style-src": [source_hash(_STYLE)]})
    return {"/": PageFile(_HTML.encode, "text/html; charset=utf-8", ASK_AGAIN, headers)}
