"""What a release is on a cluster, and whether it stays within what the rack has granted. Pure.

A push changes what runs. More to use or to reach is the rack's word: it is said by name, and waits
until the rack grants it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from rackhouse.app.model import App, Need
from rackhouse.desired.kube import application, preview
from rackhouse.desired.kube.granted import Granted
from rackhouse.desired.kube.images import OWN, repository
from rackhouse.desired.kube.releasing import runs
from rackhouse.kit.errors import Refused
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Resource

_FIX = "`rackhouse release --grant` where the rack is looked after"
_WORDS = {
    "Ingress": "other addresses",
    "LimitRange": "other limits",
    "NetworkPolicy": "to reach, or to be reached by, others",
    "PersistentVolumeClaim": "another volume",
    "ResourceQuota": "more or less memory, processor or copies",
    "Secret": "other secrets",
    "Service": "other ports",
    "ServiceAccount": "to be another kind of application",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is written by the release: nothing else of the application differs."""

    app: App
    writes: Mapping[Id, Resource[Any]]


def judge(told: Granted, app: App) -> Judged:
    """`app` is the next release, with the names and overrides of the rack. FileError with every
    problem of its file; Refused, with all that it asks for and has not been granted.
    """
    check_image(told.rack, app, told.preview_of)
    _check_others(told.app, app)
    if asked := _new_needs(told.app, app):
        raise Refused(f"{app.name} asks for what it was not granted: {asked}", fix=_FIX)
    wanted = _compiled(told, app)
    writes = {id: it for id, it in wanted.items() if runs(it)}
    other = {id for id, it in wanted.items() if id not in writes and told.held.get(id) != it.digest}
    if other:
        words = sorted({_WORDS.get(id.kind, str(id)) for id in other})
        raise Refused(f"{app.name} asks for what it was not granted: {_listed(words)}", fix=_FIX)
    return Judged(app=app, writes=writes)


def _compiled(told: Granted, app: App) -> Mapping[Id, Resource[Any]]:
    if told.preview_of:
        return preview(told.rack, app, told.cluster)
    return application(told.rack, app, told.beside, told.given, told.cluster)


def check_image(rack: Rack, app: App, preview_of: str = "") -> None:
    """Refused where what is built from its source is not of the rack's registry, by its digest.
    What a preview runs was built for the application that it is of.
    """
    own = any(container.image == OWN for container in app.containers)
    image = app.release.image if app.release else ""
    where = repository(rack, preview_of or app.name)
    if own and not re.fullmatch(rf"{re.escape(where)}@sha256:[0-9a-f]{{64}}", image):
        raise Refused(
            f"{image or 'no image'} is not what {app.name} may run",
            fix=f"push it to {where}, and release it by its digest: {where}@sha256:...",
        )


def _check_others(before: App, after: App) -> None:
    had = {container.image for container in (*before.containers, *before.said)}
    new = {container.image for container in after.containers} - had - {OWN}
    if new:
        what = f"{after.name} asks for images of others that it was not granted"
        raise Refused(f"{what}: {_listed(sorted(new))}", fix=_FIX)


def _new_needs(before: App, after: App) -> str:
    had = {it.name: _asked(it) for it in before.needs}
    new = [it for it in after.needs if had.get(it.name) != _asked(it)]
    return _listed([f"{it.name} ({it.type})" for it in new])


def _asked(need: Need) -> Need:
    return replace(need, line=0)


def _listed(words: list[str]) -> str:
    return ", ".join(words)
