"""`rackhouse new` where it meets the rack: the repository that the folder is pushed to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rackhouse.app.graph import GATEWAY
from rackhouse.cli.forge import open_forge, sign_git_in
from rackhouse.cli.repositories import created
from rackhouse.delivery.starters.make import BRANCH, check, git, make
from rackhouse.kit.errors import HostError, Refused
from rackhouse.operations.git import git_origin
from rackhouse.supervisor.client import running

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.cli.context import Context
    from rackhouse.rack.model import Rack
    from rackhouse.store.forge import Forge


def start(context: Context, name: str, template: str, folder: Path) -> Iterator[str]:
    """Make it, and its repository where the rack is up; say what is to be done then."""
    check(name, template, folder)
    with context.open(only_read=True) as house:
        up, models = running(house.paths) is not None, _answers(house.rack)
    if not up:
        make(name, template, folder, models=models)
        yield f"{folder.name}/ is made and committed; the rack is down, so then:"
        yield f"  rackhouse up --detach && rackhouse repository create {name} --git"
        yield f"  cd {folder.name} && git remote add rack (as that prints it)"
        yield f"  git push rack {BRANCH}"
        return
    with open_forge(context) as (house, forge):
        _refuse_taken(house, forge, name)
        make(name, template, folder, models=models)
        for _ in created(house, forge, name, time.time(), default_branch=BRANCH):
            pass
        _connect(house, name, folder)
        sign_git_in(house, forge, Path.home(), time.time())
    yield f"{folder.name}/ is made and committed, and the rack has a repository for it. Then:"
    yield f"  cd {folder.name} && git push rack {BRANCH}"


def _answers(rack: Rack) -> bool:
    """Whether applications there can ask for a model."""
    return bool(rack.models) and any(each.service == GATEWAY for each in rack.applications)


def _refuse_taken(house: OpenRack, forge: Forge, name: str) -> None:
    application = house.store.application(name)
    if forge.repository(name) is not None:
        raise Refused(f"the rack has a repository {name} already", fix="choose another name")
    if application is not None:
        raise Refused(
            f"the rack has an application {name}, or data that it left",
            fix=f"choose another name, or `rackhouse remove {name} --purge` first",
        )


def _connect(house: OpenRack, name: str, folder: Path) -> None:
    """The remote, and the rack's own authority for it: a push needs no `rackhouse trust`."""
    origin, authority = git_origin(house), house.paths.trust
    for words in (
        ["remote", "add", "rack", f"{origin}/{name}.git"],
        ["config", f"http.{origin}.sslCAInfo", str(authority.absolute())],
    ):
        done = git(folder, *words)
        if done.code:
            raise HostError(f"git {words[0]} failed: {done.last}", where=str(folder))
