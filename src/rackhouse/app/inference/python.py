"""How to start a Python project: Django, Streamlit, an application, a script, a file. Pure."""

from __future__ import annotations

import re

from rackhouse.app.inference import servers
from rackhouse.app.inference.deps import pyproject, python_dependencies, scripts
from rackhouse.app.inference.draft import HOST, PORT, Draft, Listing, Program, Words, serve, shell
from rackhouse.app.inference.modules import ASGI, WSGI, Application, applications, module, modules
from rackhouse.kit.errors import FileError, Problem

MARKERS = ("pyproject.toml", "requirements.txt", "requirements.lock", "requirements.in", "uv.lock")

_SELF_SERVING = {"aiohttp", "tornado", "dash", "gradio", "nicegui", "cherrypy", "robyn"}
_SELF_SERVING |= {"websockets", "bokeh", "panel", *ASGI, *WSGI}
_FILES = ("main.py", "app.py", "server.py", "bot.py", "worker.py", "run.py")
_ASKS_PORT = re.compile(r"""["']PORT["']""")
_ENTRY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_MUST_LISTEN = "It must listen on the port that $PORT says."
_NO_DOOR = "No web framework is among the dependencies: taken for a worker."


def python(listing: Listing) -> Draft | None:
    """The draft of a Python project. FileError when it has an application and no server."""
    if not any(name in listing for name in MARKERS):
        return None
    known = python_dependencies(listing)
    return (
        _django(listing, known)
        or _streamlit(listing, known)
        or _application(listing, known)
        or _script(listing, known)
        or _file(listing, "python", known)
    )


def plain_python(listing: Listing) -> Draft | None:
    """The draft of Python files that depend on nothing."""
    return _file(listing, "python3", frozenset())


def _django(listing: Listing, known: frozenset[str]) -> Draft | None:
    homes = sorted(path[: -len("/wsgi.py")] for path in listing if path.endswith("/wsgi.py"))
    if "django" not in known or "manage.py" not in listing or not homes:
        return None
    wsgi = Application(f"{homes[0]}/wsgi.py", "application", "WSGI")
    asgi = Application(f"{homes[0]}/asgi.py", "application", "ASGI")
    line = servers.line(wsgi, known) or servers.line(asgi, known)
    notes = () if line else (_own_server("Django"),)
    line = line or f"python manage.py runserver {HOST}:$PORT --noreload"
    before = (("rackhouse.dev/before", "python manage.py migrate --noinput"),)
    return _web("manage.py", serve(line), notes, before)


def _streamlit(listing: Listing, known: frozenset[str]) -> Draft | None:
    imports = re.compile(r"^(import|from) streamlit", re.MULTILINE)
    files = [path for path in modules(listing) if imports.search(listing[path])]
    if "streamlit" not in known or not files:
        return None
    options = f"--server.address {HOST} --server.port $PORT --server.headless true"
    return _web(files[0], serve(f"streamlit run {files[0]} {options}"))


def _application(listing: Listing, known: frozenset[str]) -> Draft | None:
    found = applications(listing, known)
    if not found:
        return None
    it, others = found[0], sorted({other.word for other in found} - {found[0].word})
    notes = (f"Chosen: {it.word}. Also there: {', '.join(others)}.",) if others else ()
    if line := servers.line(it, known):
        return _web(it.path, serve(line), notes)
    if it.protocol == "WSGI" and "flask" in known:
        line = f"flask --app {it.word} run --host {HOST} --port $PORT"
        return _web(it.path, serve(line), (*notes, _own_server("Flask")))
    if "__name__" in listing[it.path]:
        return _web(it.path, ("python", it.path), (*notes, _MUST_LISTEN))
    raise _no_server(it, next(name for name in MARKERS if name in listing))


def _no_server(it: Application, file: str) -> FileError:
    what = f"{it.word} is an {it.protocol} application, and no server is among the dependencies"
    fix = f"add one of {', '.join(servers.servers(it.protocol))}, or write a score.yaml"
    return FileError(file, [Problem(line=0, rule="nothing-to-run", path="", what=what, fix=fix)])


def _script(listing: Listing, known: frozenset[str]) -> Draft | None:
    """`[project.scripts]`, started as an installed script would be: packages are shared between
    releases, so the project itself is in none.
    """
    project = pyproject(listing)
    found = {k: v for k, v in scripts(project, "project", "scripts").items() if _ENTRY.fullmatch(v)}
    if not found:
        return None
    own = scripts(project, "project").get("name", "")
    chosen = own if own in found else min(found)
    home, function = found[chosen].split(":")
    top = function.split(".", 1)[0]
    start = f"import sys; from {home} import {top}; sys.exit({function}())"
    others = ", ".join(sorted(found.keys() - {chosen}))
    notes = (f"Other scripts: {others}.",) if others else ()
    package = home.split(".", 1)[0]
    inside = any(path.startswith((f"src/{package}/", f"src/{package}.py")) for path in listing)
    home = f"src/{package}" if inside else package
    return _either(home, "pyproject.toml", ("python", "-c", start), known, notes)


def _file(listing: Listing, python: str, known: frozenset[str]) -> Draft | None:
    """A file that is started as it is: `main.py`, or a package with a `__main__.py`."""
    for name in _FILES:
        if name in listing:
            return _either(name, name, (python, name), known, text=listing[name])
    for path in sorted(listing, key=lambda path: (path.count("/"), path)):
        if path.endswith("/__main__.py"):
            package = module(path).removesuffix(".__main__")
            return _either(path, path, (python, "-m", package), known, text=listing[path])
    return None


def _either(
    home: str,
    source: str,
    command: Words,
    known: frozenset[str],
    notes: Words = (),
    *,
    text: str = "",
) -> Draft:
    """A program that opens its port itself, or none: by what it depends on, or asks for."""
    if not known.intersection(_SELF_SERVING) and not _ASKS_PORT.search(text):
        program = Program(name="worker", command=command, variables=_variables(home))
        return Draft(source=source, programs=(program,), notes=(*notes, _NO_DOOR))
    if "gradio" in known:
        command = shell(f"GRADIO_SERVER_PORT=$PORT exec {' '.join(command)}")
        return _web(source, command, notes)
    return _web(source, command, (*notes, _MUST_LISTEN), home=home)


def _web(
    path: str,
    command: Words,
    notes: Words = (),
    annotations: tuple[tuple[str, str], ...] = (),
    *,
    home: str = "",
) -> Draft:
    program = Program(name="web", command=command, variables=_variables(home or path))
    return Draft(source=path, programs=(program,), port=PORT, annotations=annotations, notes=notes)


def _variables(home: str) -> tuple[tuple[str, str], ...]:
    return (("PYTHONPATH", "src"),) if home.startswith("src/") else ()


def _own_server(whose: str) -> str:
    return f"{whose}'s own development server, since gunicorn is not among the dependencies."
