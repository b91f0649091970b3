"""What is wrong with a pod, in words, from its status and its events. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rackhouse.targets.kube.fields import Live
from rackhouse.targets.kube.ready import condition

CRASHES = 3  # ends after which waiting longer changes nothing


@dataclass(frozen=True, slots=True)
class Trouble:
    """`lost`: it will not pass by waiting; `stuck`: it seldom does. `container`, where its log says
    more; `ended`: it is the log of the one before.
    """

    why: str
    lost: bool = False
    stuck: bool = False
    container: str = ""
    ended: bool = False
    crashed: bool = False


def trouble(pod: Live, events: Iterable[Live] = ()) -> Trouble | None:
    """The first thing that keeps it from being ready; None when there is none, or none yet."""
    status = pod.get("status") or {}
    if condition(pod, "Ready").get("status") == "True":
        return None
    if status.get("reason") in {"Evicted", "NodeLost", "NodeAffinity", "OutOfmemory"}:
        return Trouble(str(status.get("message") or status["reason"]))
    said = [str(event.get("message", "")) for event in events]
    for container in _containers(status):
        found = _of_container(container, said)
        if found is not None:
            return found
    scheduled = condition(pod, "PodScheduled")
    if scheduled.get("status") == "False":
        return Trouble(unplaced(str(scheduled.get("message", ""))), stuck=True)
    mounting = [text for text in said if "FailedMount" in text or text.startswith("MountVolume")]
    return Trouble(mounting[-1]) if mounting else None


def unplaced(message: str) -> str:
    """The scheduler's words, as a person says it: `no node takes it: 3 lack memory`."""
    if "unbound immediate PersistentVolumeClaims" in message:
        return "its volume is not there: nothing has made it"
    nodes, _, reasons = message.partition(" nodes are available: ")
    if not reasons:
        return message or "no node takes it"
    parts = [_plainly(part) for part in reasons.partition(". ")[0].split(", ")]
    return f"no node takes it, of {nodes.rpartition('/')[2]}: {', '.join(parts).rstrip('. ')}"


_REASONS: tuple[tuple[str, str], ...] = (
    (r"Insufficient (\S+)", r"lack \1"),
    (r"node\(s\) had untolerated taint \{node.kubernetes.io/unreachable[^}]*\}", "do not answer"),
    (r"node\(s\) had untolerated taint (\{[^}]*\})", r"are kept for others \1"),
    (r"node\(s\) had untolerated taint\(s\)", "are kept for others, or do not answer"),
    (
        r"node\(s\) didn't match Pod's node affinity/selector",
        "are not of the kind it asks for",
    ),
    (r"node\(s\) were unschedulable", "are cordoned"),
    (r"node\(s\) had volume node affinity conflict", "are not where its volume is"),
    (r"node\(s\) didn't match pod topology spread constraints", "have their share of its pods"),
    (r"Too many pods", "have as many pods as they may"),
)


def _plainly(reason: str) -> str:
    for pattern, words in _REASONS:
        reason = re.sub(pattern, words, reason)
    return reason.strip().rstrip(".")


def _containers(status: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Those that come first, first."""
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def _of_container(container: Mapping[str, Any], said: list[str]) -> Trouble | None:
    name, state = container["name"], container.get("state") or {}
    waiting, running = state.get("waiting") or {}, state.get("running")
    reason, message = str(waiting.get("reason", "")), str(waiting.get("message", ""))
    ended = state.get("terminated") or (container.get("lastState") or {}).get("terminated") or {}
    if reason in {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}:
        return _unpulled(str(container.get("image", "")), reason, message, said)
    if "exec format error" in f"{message} {ended.get('message', '')}":
        what = f"its image {container.get('image', '')} is for another architecture than its node"
        return Trouble(f"{what}: exec format error", lost=True)
    if reason in {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}:
        return Trouble(f"{name} cannot be started: {message or reason}", stuck=True)
    if ended and ended.get("exitCode") and (reason == "CrashLoopBackOff" or not running):
        return _ended(name, container, ended)
    if running is not None and not container.get("ready"):
        probe = [text for text in said if "probe failed" in text or "probe errored" in text]
        why = probe[-1].strip() if probe else "it runs and does not say that it is ready"
        return Trouble(f"{name}: {why}", container=name)
    return None


def _ended(name: str, container: Mapping[str, Any], ended: Mapping[str, Any]) -> Trouble:
    times = int(container.get("restartCount", 0))
    why = f"{name} ended with exit code {ended['exitCode']}"
    if ended.get("reason") == "OOMKilled":
        why = f"{name} was ended for using more memory than its limit"
    if times > 1:
        why += f", {times} times"
    again = container.get("state", {}).get("terminated") is None  # the next has begun to wait
    return Trouble(why, lost=times >= CRASHES, container=name, ended=again, crashed=True)


def _unpulled(image: str, reason: str, message: str, said: list[str]) -> Trouble:
    """The registry's own words, which are in an event where the status says "back-off" alone."""
    told = [text for text in said if text.startswith("Failed to pull image")]
    words = told[-1] if told else message
    if re.search(r"no match for platform|no matching manifest|exec format", words):
        return Trouble(f"{image} is not there for the architecture of the node", lost=True)
    short = re.sub(r'^Failed to pull image "[^"]*": |rpc error: code = \w+ desc = ', "", words)
    fixed = re.search(r"not found|manifest unknown|denied|unauthorized|403 Forbidden", words)
    lost = reason == "InvalidImageName" or bool(fixed and reason == "ImagePullBackOff")
    return Trouble(f"{image} cannot be pulled: {short.strip() or reason}", lost=lost)
