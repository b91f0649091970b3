"""What `rackhouse release` and `rollback` do on a cluster: which one, as whom, and what is said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack
    from rackhouse.delivery.broker.client import Job
    from rackhouse.delivery.onrack.records import Record
    from rackhouse.delivery.onrack.release import Coming
    from rackhouse.targets.kube.kubeconfig import Access


def release_of(
    folder: Path, image: str, commit: str, by: str, architectures: Sequence[str] = ()
) -> Coming:
    """What is to go live. FileError with every problem of the folder's file."""
    from dataclasses import replace

    from rackhouse.app.sources import read_source, release_of
    from rackhouse.delivery.onrack.release import Coming

    source = read_source(folder)
    made = release_of(source, 0)
    release = replace(made, image=image, commit=commit, architectures=tuple(architectures))
    return Coming(app=source.app, release=release, by=by, now=datetime.now(UTC).timestamp())


def image_of(context: Path) -> tuple[str, tuple[str, ...]]:
    """What was built after `rackhouse image` wrote that context, for every platform, by its digest;
    and the architectures of these. Raises as `index.all_told` and `index.push`.
    """
    from rackhouse.delivery.onrack.building import said_of
    from rackhouse.delivery.onrack.index import all_told, login_to, push

    found = all_told(said_of(context))
    login = login_to(found[0].name.partition("/")[0]) if len(found) > 1 else ""
    architectures = {it.platform.split("/")[1] for it in found}
    return asyncio.run(push(found, login)), tuple(sorted(architectures))


def on_cluster(access: Access, coming: Coming) -> Record:
    """Release it there. Raises as `onrack.release`."""
    from rackhouse.delivery.onrack.door import door
    from rackhouse.delivery.onrack.release import release

    async def go() -> Record:
        async with door(access, coming.app.name) as opened:
            return await release(opened, coming, _say)

    return asyncio.run(go())


def back_on_cluster(house: OpenRack, application: str, number: int | None) -> str:
    """Go back there, and remember it here; "" where nothing was ever released there, so that what
    there is to go back to is the rack's. Raises as `onrack.rollback`.
    """
    from rackhouse.delivery.onrack.door import door
    from rackhouse.delivery.onrack.learn import learned
    from rackhouse.delivery.onrack.records import Records
    from rackhouse.delivery.onrack.release import rollback

    async def go(access: Access) -> str:
        now = datetime.now(UTC)
        async with door(access, application) as opened:
            if not await Records(opened.server, application).all():
                return ""
            done = await rollback(opened, number, now.timestamp(), _say)
        await learned(house, now)
        return said(done)

    access = access_of(house, application)
    return asyncio.run(go(access)) if access else ""


def learn_of(house: OpenRack, application: str) -> None:
    """Remember what was released of it on its cluster, where it is on one that answers."""
    from rackhouse.apply.moved import moved

    if application in moved(house.store):
        from rackhouse.delivery.onrack.learn import learned  # which takes Kubernetes' types

        asyncio.run(learned(house, datetime.now(UTC)))


def access_of(house: OpenRack, application: str) -> Access | None:
    """The way to the cluster that the application is on; None where it is on none."""
    from rackhouse.apply.clusters import joined
    from rackhouse.apply.moved import moved
    from rackhouse.targets.kube.kubeconfig import read

    where = moved(house.store).get(application, "")
    kubeconfig = joined(house.store).get(where)
    return read(kubeconfig.reveal()) if kubeconfig else None


def from_job(url: str, coming: Coming, given: Mapping[str, str]) -> Record:
    """Release it from a job, whose variables are `given`, by what the broker at `url` lends it.

    UsageError where the job's own token is not there; raises as `exchange` and `onrack.release`.
    """
    from rackhouse.delivery.broker.client import exchange

    access = asyncio.run(exchange(job_of(url, given), coming.app.name))
    return on_cluster(access, coming)


def job_of(url: str, given: Mapping[str, str]) -> Job:
    """What a job, whose variables are `given`, has of the broker at `url`. UsageError."""
    from rackhouse.delivery.broker.client import Job
    from rackhouse.kit.errors import UsageError
    from rackhouse.kit.files import read_text
    from rackhouse.resources.core import Hidden

    token = given.get("GITEA_TOKEN") or given.get("GITHUB_TOKEN")
    repository = given.get("GITHUB_REPOSITORY")
    if not token or not repository:
        fix = "give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`"
        raise UsageError("the broker has to be shown the job's own token", fix=fix)
    file = given.get("RACKHOUSE_AUTHORITY")
    authority = (read_text(Path(file)) or "") if file else ""
    return Job(url=url, authority=authority, token=Hidden(token), repository=repository)


def from_desk(context: Context, folder: Path, coming: Coming, *, grant: bool) -> str:
    """Release it from where the rack is looked after: the first time, and to `grant` what it asks
    for, by the rack itself.
    """
    from rackhouse.app.sources import read_source
    from rackhouse.cli.board import Board
    from rackhouse.delivery.onrack.granting import granting
    from rackhouse.delivery.onrack.learn import learned

    now = datetime.now(UTC)
    with context.open() as house:
        access = access_of(house, coming.app.name)
        if access is not None and not grant:
            done = on_cluster(access, coming)
            asyncio.run(learned(house, now))
            return said(done)
        current = asyncio.run(learned(house, now))
        with Board() as board:
            making = granting(
                current,
                read_source(folder),
                pushed=coming.release,
                by=coming.by,
                observer=board,
                now=now,
            )
            return str(asyncio.run(making))


def said(done: Record) -> str:
    """The last line."""
    return f"{done.app.name} r{done.number} is live"


def _say(text: str) -> None:
    click.echo(f"  {text}", err=True)
