"""Whether a container is healthy, from what the engine tells, and from asking it by HTTP."""

from __future__ import annotations

import httpx

from rackhouse.targets.docker import names
from rackhouse.targets.docker.ground import Found
from rackhouse.targets.docker.line import Line

_PATIENCE = 3.0  # seconds for an answer
_ENDED = {"exited", "dead"}
_KILLED = 137  # 128 and SIGKILL


async def why_not(there: Found, line: Line) -> str:
    """Why it is not healthy, in words; nothing when it is. URLs are asked by way of `line`."""
    state = there["State"]
    status = state["Status"]
    if state.get("Restarting"):
        return f"it keeps ending ({_ending(there)})"
    if status in _ENDED:
        return f"it has ended ({_ending(there)})"
    if status == "created":
        return "it was never started"
    if status != "running":
        return f"it is {status}"
    check = state.get("Health") or {}
    if check.get("Status", "none") not in {"none", "healthy"}:
        return _checked(check)
    url = (there["Config"]["Labels"] or {}).get(names.ANSWERS)
    return await _asked(url, line) if url else ""


def has_failed(there: Found) -> bool:
    """Whether waiting longer is in vain: it ended, and the engine has given up or nearly so."""
    state = there["State"]
    return (state["Status"] in _ENDED and not state.get("Restarting")) or there["RestartCount"] >= 3


def _ending(there: Found) -> str:
    state = there["State"]
    if state.get("OOMKilled"):
        return "it took more memory than it may"
    if state["ExitCode"] == _KILLED and there["HostConfig"]["Memory"]:
        return "killed, maybe for more memory than it may take"  # the engine does not always hear
    return f"exit code {state['ExitCode']}"


def _checked(check: Found) -> str:
    log = check.get("Log") or ()
    if not log or not log[-1]["ExitCode"]:
        return "its health check has not passed yet"
    last = log[-1]
    said = last["Output"].strip().partition("\n")[0] or f"exit code {last['ExitCode']}"
    return f"its health check says: {said}"


async def _asked(url: str, line: Line) -> str:
    try:
        known = httpx.URL(url)
        way = await line.port(known.host, known.port or 80)
        transport = httpx.AsyncHTTPTransport(uds=way) if way else None
        async with httpx.AsyncClient(
            trust_env=False, timeout=_PATIENCE, transport=transport
        ) as client:
            answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"GET {url}: {str(error) or type(error).__name__}"
    return "" if answer.status_code < 400 else f"GET {url} answers {answer.status_code}"
