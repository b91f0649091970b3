"""Repositories to look at: one as people have them, one as nobody should, an empty one."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from urllib.parse import quote

from rackhouse.store.forge import PreviewRow, RunRow, RunStatus
from unit.console.house import NOW, House, route
from unit.delivery.repositories.conftest import Place

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
README = b"""# Guest book

People write in it. See [the code](src/app.py), [how it began](docs/), or
[another site](https://example.org/x). ![a pixel](docs/pixel.png)

## Run it

```python
def greet(name: str) -> str:
    return f"hello, {name}"  # kindly
```

| What | How many |
|------|---------:|
| guests | 12 |

- one
- two `code`

> Said by somebody.
"""
APP = b'''"""The guest book."""

from http.server import HTTPServer


class Book:
    """Who was here."""

    size = 10

    def greet(self, name: str) -> str:
        return f"<b>hello</b>, {name}"  # kindly
'''
EVIL_README = b"""# <img src=x onerror=alert(1)> *evil*

<script>alert(1)</script><style>body{display:none}</style>
<a href="javascript:alert(1)">one</a> [two](javascript:alert(1)) [three](data:text/html,x)
<a href=" java\tscript:alert(1)">four</a> <p onclick="alert(1)" style="position:fixed" id="main">
![far](https://evil.example/pixel.png) ![near](docs/../../../../etc/passwd)
<img src="//evil.example/x.png"><iframe src="https://evil.example"></iframe>
<form action="/sign-out" method="post"><button>Sign out</button></form>
<a href="//evil.example/x" class="button skip">five</a> [six](../../api/v1/rack) [seven](/%2e%2e/x)
<svg><script>alert(1)</script></svg><math><mi xlink:href="javascript:alert(1)">x</mi></math>
<base href="https://evil.example/"><meta http-equiv="refresh" content="0;https://evil.example">

```"><script>alert(1)</script>
x
```

```python
"</code></pre><script>alert(1)</script>"
```
"""
ODD = (
    '"><script>alert(1)</script>',
    "new\nline",
    "\u202egnp.exe",
    "-rf",
    "100%",
    "%2e%2e",
    "a?b#c&d",
    "back\\slash",
    "{{ 7*7 }}",
    " ",
    "\udcff\udcfe",
    "\u05e9\u05dc\u05d5\u05dd.py",
    "x" * 200,
)


@dataclass
class Repositories:
    """What `furnish` made."""

    place: Place
    first: str
    last: str
    side: str
    evil: str


def furnish(house: House, place: Place) -> Repositories:
    """`hello` with runs, a branch and a preview; `evil`; `empty`."""
    route(house, "forge", hosts=("git.rack.localhost",))
    place.make("hello", description="Where guests <b>write</b>")
    place.make("evil", description='"><script>alert(1)</script>')
    place.make("empty")
    docs = {"docs/pixel.png": PIXEL, "docs/notes.md": b"# Notes\n\n[app](../src/app.py)\n"}
    first = place.commit(
        {"README.md": README, "src/app.py": APP[:120], **docs}, "The beginning\n\nof all."
    )
    files = {"README.md": README, "src/app.py": APP, **docs}
    files |= {"data.bin": b"\0\1\2", "docs/app->": b"../src/app.py", "out->": b"/etc/passwd"}
    last = place.commit(files, "Guests are greeted by name")
    place.run("tag", "v1", first)
    place.run("update-ref", "refs/heads/new-form", first)
    side = place.commit({**files, "src/form.py": b"a = 1\n" * 5}, "A form", on="new-form")
    odd = dict.fromkeys(ODD, b"x\n") | {f"dir/{name}": b"y\n" for name in ODD}
    odd |= {
        "README.md": EVIL_README,
        "x": b"no picture",
        "huge.py": b"(" * 150_000,
        "long": b"1\n" * 15_000,
    }
    message = "<script>alert(1)</script>\n\n\x1b[31m\u202eevil</pre>"
    evil = place.commit(odd, message, name="evil")
    place.commit(odd, message, on='a"><script>alert(1)</script>', name="evil")
    for sha, ref in ((last, "main"), (side, "new-form")):
        row = RunRow(
            repository="hello", ref=f"refs/heads/{ref}", sha=sha, who="ann<b>", made=NOW - 60
        )
        status = RunStatus.PASSED if ref == "main" else RunStatus.FAILED
        place.forge.add_run(replace(row, status=status))
    preview = PreviewRow(
        application="notes",
        repository="hello",
        ref="refs/heads/new-form",
        parent="hello",
        made=NOW,
        expires=NOW + 1,
    )
    place.forge.put_preview(preview)
    return Repositories(place, first, last, side, evil)


def quoted(path: str) -> str:
    """A path as an address has it, whatever its bytes are."""
    return quote(path, safe="", errors="surrogateescape")
