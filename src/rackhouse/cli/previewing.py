"""What `rackhouse release --preview` does: as whom, on which cluster, and what is said."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.delivery.onrack.release import Coming
    from rackhouse.targets.kube.kubeconfig import Access


def show(context: Context, coming: Coming, branch: str) -> str:
    """Bring it live as the preview of that branch: by the broker in a job, else as the rack's
    owner. Raises as `open_preview` and `onrack.release`.
    """
    return asyncio.run(_show(context, coming, branch))


def take_down(context: Context, application: str, branch: str) -> str:
    """Close the preview of that branch, with its data."""
    name = asyncio.run(_take_down(context, application, branch))
    return f"{name} leaves, with its data" if name else f"there is no preview of {branch}"


async def _show(context: Context, coming: Coming, branch: str) -> str:
    from rackhouse.cli.releasing import job_of
    from rackhouse.delivery.broker.showing import opened
    from rackhouse.delivery.onrack.door import door
    from rackhouse.delivery.onrack.previews import release_preview

    if broker := os.environ.get("RACKHOUSE_BROKER"):
        name, access = await opened(job_of(broker, os.environ), coming, branch, _say)
    else:
        name, access = await _opened_from_desk(context, coming, branch)
    async with door(access, name) as way:
        done = await release_preview(way, replace(coming, by=f"preview {branch}"), _say)
    return f"{name} r{done.number} is live"


async def _opened_from_desk(context: Context, coming: Coming, branch: str) -> tuple[str, Access]:
    from rackhouse.delivery.onrack.previews import open_preview
    from rackhouse.targets.kube.server import Server

    access = _access(context, coming.app.name)
    server = Server(access)
    try:
        return (await open_preview(server, coming, branch, _say)).name, access
    finally:
        await server.close()


async def _take_down(context: Context, application: str, branch: str) -> str:
    from rackhouse.cli.releasing import job_of
    from rackhouse.delivery.broker.showing import closed
    from rackhouse.delivery.onrack.previews import close
    from rackhouse.delivery.previews import preview_name
    from rackhouse.targets.kube.server import Server

    if broker := os.environ.get("RACKHOUSE_BROKER"):
        return await closed(job_of(broker, os.environ), application, branch)
    name, server = preview_name(application, branch), Server(_access(context, application))
    try:
        return name if await close(server, application, name, _say) else ""
    finally:
        await server.close()


def _access(context: Context, application: str) -> Access:
    from rackhouse.cli.releasing import access_of
    from rackhouse.kit.errors import Missing

    with context.open() as house:
        access = access_of(house, application)
    if access is None:
        fix = "on a rack of one, a push to a branch makes its preview by itself"
        raise Missing(f"{application} is on no cluster", fix=fix)
    return access


def _say(text: str) -> None:
    click.echo(f"  {text}", err=True)
