"""Whatever is in a folder: the answer can be read, or it is refused in words."""

from __future__ import annotations

import contextlib
import json

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.app.infer import infer, is_marker
from rackhouse.app.score import parse
from rackhouse.kit.errors import FileError

SCRAPS = (
    *("FROM x\nEXPOSE 80\nCMD run --port 80\n", 'CMD ["a", "${resources.x.y}"]', "ENTRYPOINT [1]"),
    *(
        "web: run $PORT\n",
        "worker: a && b\nweb: it 'x",
        "release: x\n",
        "web: ${service.ports.web}",
    ),
    *(
        "fastapi\nuvicorn\npsycopg\n",
        "flask\nredis\nboto3\n",
        "django\n",
        "gradio\n",
        "streamlit\n",
    ),
    *("[project]\nname='x'\ndependencies=['flask','gunicorn']\n[project.scripts]\nx='a:b'\n", "[x"),
    *("app = FastAPI()\n", "import streamlit\napp: Flask = flask.Flask(x)\n", "def create_app(\n"),
    *('{"scripts": {"start": "x", "build": "y"}}', '{"dependencies": {"pg": 1}, "main": "a.js"}'),
    *("{}", "[]", "null", "", "\0", "\ud7ff\U0001f600", "x = os.environ['PORT']\n"),
)
NAMES = (
    *("Procfile", "pyproject.toml", "requirements.txt", "package.json", "Dockerfile", "main.py"),
    *("compose.yaml", "index.html", "app.py", "src/a/__init__.py", "a/__main__.py", "manage.py"),
    *("a/wsgi.py", "server.js", "a.js", "public/index.html", "x y/z\n.txt"),
)
WORDS = st.sampled_from(
    (
        *("db", "db:5432", "postgres://u:p@db:1/x", "pg+x://db/", "redis://c", "route", "${A}"),
        *("${A:-b}", "$$x", "$A", "a\0b", "http://s3:1", "x\ny", "80:80", "v:/d", "80", "true"),
        *("é", "", "a ${B} c", "${resources.a.b}"),
    )
)
SERVICES = st.dictionaries(
    st.sampled_from(["web", "db", "c", "s3", "a_b", "a-b", "route", "1", "é"]),
    st.fixed_dictionaries(
        {},
        optional={
            "image": st.sampled_from(
                ["postgres", "redis:7", "minio", "x/y@sha256:1", "pgvector", ""]
            ),
            "build": st.sampled_from([".", "./", {"context": "."}, None, "api"]),
            "command": WORDS | st.lists(WORDS, max_size=3) | st.just({"a": 1}),
            "ports": st.lists(WORDS | st.integers(0, 99999) | st.just({"target": 5}), max_size=2),
            "volumes": st.lists(WORDS | st.just({"type": "volume", "source": "db"}), max_size=2),
            "environment": st.lists(st.builds("{}={}".format, WORDS, WORDS), max_size=3)
            | st.dictionaries(
                st.sampled_from(["DB_HOST", "DB_PORT", "PORT", "db", "ROUTE", "a=b", "HOST", "V"]),
                WORDS | st.none() | st.integers() | st.booleans(),
            ),
            "env_file": st.just(".env"),
        },
    ),
    max_size=4,
)
COMPOSE = st.builds(lambda services: json.dumps({"services": services}), SERVICES)
LISTINGS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(SCRAPS) | st.text(max_size=40))


@given(LISTINGS, st.none() | COMPOSE, st.text(max_size=50))
@settings(max_examples=500, deadline=None)
def test_the_answer_can_be_read(listing: dict[str, str], compose: str | None, name: str) -> None:
    if compose is not None:
        listing = {**listing, "compose.yaml": compose}
    try:
        text = infer(listing, name)
    except FileError:
        return
    parse(text)
    yaml.safe_load(text)
    assert infer(dict(reversed(listing.items())), name) == text


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40)), st.text())
def test_any_folder_at_all(listing: dict[str, str], name: str) -> None:
    with contextlib.suppress(FileError):
        parse(infer(listing, name))


def test_markers_are_few_and_near_the_top() -> None:
    for path in ("Procfile", "a/b/c.py", "server.js", "compose.yaml"):
        assert is_marker(path)
    for path in ("a/Procfile", "a/b/c/d.py", "README.md", "x.json", "data.csv"):
        assert not is_marker(path)


def test_two_databases_of_a_compose_file_that_cannot_both_be_named_are_one() -> None:
    services = '{"services": {"c": {"image": "postgres"}, "1": {"image": "postgres"}}}'
    text = infer({"index.html": "", "compose.yaml": services}, "shop")
    assert text.count("type: postgres") == 1
