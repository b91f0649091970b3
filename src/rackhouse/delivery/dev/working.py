"""An application as it runs in the folder in which somebody writes it. Decides, touches nothing.

It has a name, and so data, of its own, is reached from this machine alone, and each of its programs
is started by `reload` in the folder. Its build step and its migrations come first each time, as
they change like everything else.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

from rackhouse.app.development import WORKING_FOLDER
from rackhouse.app.model import App, Container, Kind, Runtime, ServicePort, Template
from rackhouse.delivery.previews import previewed
from rackhouse.desired.listening import jobs
from rackhouse.kit.errors import Refused

RELOAD = "rackhouse.delivery.dev.reload"
_END, _LONGEST = "-dev", 40
_SERVE = 'exec "$0" -P -m rackhouse.kit.static "$1" "$PORT"'


def dev_name(application: str) -> str:
    """`hello-dev`, as long as a name may be."""
    return application[: _LONGEST - len(_END)].rstrip("-") + _END


def working(app: App, folder: Path, runtime: Runtime, *, seed: bool) -> App:
    """The application, called as `app` is, whose code is the folder. `seed`: its data is new.

    Refused where there is no code that could run here.
    """
    if app.package or runtime is Runtime.IMAGE or any(it.image != "." for it in app.containers):
        raise Refused(
            "it runs what others have built, not the code in this folder",
            fix="`rackhouse deploy` runs it; `rackhouse dev` is for what is written here",
        )
    if app.kind is Kind.STATIC:
        app = _served(app, folder)
    first, ending = app.containers[0].name, jobs(app)
    containers = (
        _reloading(
            _started(it, runtime),
            folder,
            before=_before(app) if it.name == first else "",
            once=app.kind is Kind.SCHEDULE or it.name in ending,
        )
        for it in app.containers
    )
    own = replace(app, before=(), build=(), containers=tuple(containers), drain=0.0)
    own = previewed(own, first=seed)
    return replace(
        own,
        exposure="loopback",
        annotations=(*own.annotations, (WORKING_FOLDER, str(folder))),
    )


def _before(app: App) -> str:
    return " && ".join(shlex.join(words) for words in (app.build, app.before) if words)


def _served(app: App, folder: Path) -> App:
    """A static site as the program that serves it."""
    place = str(folder / app.folder)
    words = ("/bin/sh", "-c", _SERVE, sys.executable, place)
    container = replace(app.containers[0], command=_texts(*words), args=())
    ports = app.ports or (ServicePort(name="web", port=80, target=80),)
    return replace(app, kind=Kind.WEB, containers=(container,), ports=ports)


def _started(container: Container, runtime: Runtime) -> Container:
    """With the runtime's own way to start where its file says none."""
    if container.command or runtime is not Runtime.NODE:
        return container
    more = _texts("--") if container.args else ()
    return replace(container, command=(*_texts("npm", "start"), *more))


def _reloading(container: Container, folder: Path, *, before: str, once: bool) -> Container:
    if not container.command:
        return container  # the plan says that nothing starts it
    words = [sys.executable, "-P", "-m", RELOAD, *(["--once"] if once else []), str(folder)]
    if before:
        words += ["/bin/sh", "-c", f'{before} && exec "$@"', "sh"]
    return replace(container, command=(*_texts(*words), *container.command))


def _texts(*words: str) -> tuple[Template, ...]:
    return tuple(Template((word,)) for word in words)
