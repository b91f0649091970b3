"""One pod: its containers, what the cluster says of it, and the last that each container wrote.

Asks the API server; changes nothing. Lines of a log are shown as they are, and only to the owner.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.console.cluster.looking import PATIENCE
from rackhouse.console.cluster.reading import Manifest, owner, pod_of
from rackhouse.console.cluster.scene import Pod
from rackhouse.kit.errors import Missing, Unavailable
from rackhouse.kit.text import plural
from rackhouse.targets.kube.kubeconfig import read as access
from rackhouse.targets.kube.server import Server

LINES = 200  # of each log, the last
_WIDTH = 2000  # characters of a line
_TOLD = 10  # events, the latest
_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")  # RFC 1123, as names are there


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container; `log` is the last that it wrote, `before` the last of the one before it."""

    name: str
    image: str
    tone: str
    told: str
    log: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A pod with its containers, those that come first at the front, and what was said of it."""

    pod: Pod
    containers: tuple[Container, ...]
    told: tuple[str, ...]


async def detail(rack: str, kubeconfig: str, namespace: str, name: str) -> Detail:
    """How it is now. Missing when there is none of that name, Unavailable when nobody answers."""
    if not (_NAME.fullmatch(namespace) and _NAME.fullmatch(name)):
        raise _gone(namespace, name)
    server = Server(access(kubeconfig))
    try:
        async with asyncio.timeout(PATIENCE):
            return await _asked(server, rack, namespace, name)
    except TimeoutError:
        what = f"the cluster gives no answer within {PATIENCE:g} s"
        raise Unavailable(what, where=server.where, fix="`rackhouse cluster list`") from None
    finally:
        await server.close()


async def _asked(server: Server, rack: str, namespace: str, name: str) -> Detail:
    home = f"/api/v1/namespaces/{namespace}"
    pod, place, told = await asyncio.gather(
        server.ask("GET", f"{home}/pods/{name}", fine={404}),
        server.ask("GET", home, fine={404}),
        server.ask("GET", f"{home}/events", query={"fieldSelector": f"involvedObject.name={name}"}),
    )
    if pod is None or place is None:
        raise _gone(namespace, name)
    uid = pod["metadata"]["uid"]
    events = [it for it in told["items"] if it.get("involvedObject", {}).get("uid") == uid]
    events.sort(key=_when)
    warnings = [it for it in events if it.get("type") == "Warning"]
    specs = [*(pod["spec"].get("initContainers") or ()), *pod["spec"]["containers"]]
    made = [_container(server, f"{home}/pods/{name}/log", it, _state(pod, it)) for it in specs]
    return Detail(
        pod=pod_of({namespace: owner(rack, place)}, pod, warnings),
        containers=tuple(await asyncio.gather(*made)),
        told=tuple(_messages(events))[-_TOLD:],
    )


async def _container(server: Server, path: str, spec: Manifest, status: Manifest) -> Container:
    asked = {"container": spec["name"], "tailLines": str(LINES)}
    log = server.text(path, asked) if status.get("state", {}).keys() - {"waiting"} else _nothing()
    ended = "terminated" in (status.get("lastState") or {})
    before = server.text(path, {**asked, "previous": "true"}) if ended else _nothing()
    tone, told = standing_of(status)
    found = await asyncio.gather(log, before)
    return Container(
        name=str(spec["name"]),
        image=str(spec.get("image", "")),
        tone=tone,
        told=told,
        log=_lines(found[0]),
        before=_lines(found[1]),
    )


async def _nothing() -> str:
    return ""


def _state(pod: Manifest, spec: Manifest) -> Mapping[str, Any]:
    """What its node says of a container; empty while that has not looked."""
    status = pod.get("status") or {}
    every = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    return next((it for it in every if it["name"] == spec["name"]), {})


def standing_of(status: Mapping[str, Any]) -> tuple[str, str]:
    """A tone and words: `running, 2 restarts`."""
    state, times = status.get("state") or {}, int(status.get("restartCount", 0))
    again = f", {plural(times, 'restart')}" if times else ""
    if "running" in state:
        return ("good", f"running{again}") if status.get("ready") else ("busy", f"not ready{again}")
    if "terminated" in state:
        code = state["terminated"].get("exitCode", 0)
        return ("bad", f"ended with exit code {code}{again}") if code else ("good", "done")
    why = str((state.get("waiting") or {}).get("reason", "not started"))
    return "busy", f"{why}{again}"


def _lines(text: str) -> str:
    return "\n".join(line[:_WIDTH] for line in text.splitlines()[-LINES:])


def _messages(events: list[Manifest]) -> Iterator[str]:
    """Oldest first; how often, where more than once."""
    for it in events:
        times = int(it.get("count") or 1)
        yield f"{it.get('message', '')}{f' ({times} times)' if times > 1 else ''}".strip()


def _when(event: Manifest) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")


def _gone(namespace: str, name: str) -> Missing:
    what = f"there is no pod {namespace}/{name} any more"
    return Missing(what, fix="the page of its cluster has those that are there now")
