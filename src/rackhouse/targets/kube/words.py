"""What an API server answers when it refuses, as an error with its mending. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.kit.errors import (
    Missing,
    RackhouseError,
    Refused,
    StepFailed,
    Unavailable,
    WorldChanged,
)

Status = Mapping[str, Any]  # an answer of kind Status

_QUOTA = re.compile(r"exceeded quota: (?P<quota>[^,]+), (?P<rest>requested: .*)", re.DOTALL)
_WEBHOOK = re.compile(r'failed calling webhook "(?P<name>[^"]+)"')
_DENIED = re.compile(r'webhook "(?P<name>[^"]+)" denied the request:? ?(?P<why>.*)', re.DOTALL)
_LARGE = re.compile(r"request (is|entity) too large|Too long: .* 1048576", re.IGNORECASE)
_SILENCE = re.compile(r"deadline exceeded|[Tt]imeout")
_BUSY = (Unavailable, "it is starting or overloaded: run it again in a minute")
_BY_CODE: Mapping[int, tuple[type[RackhouseError], str]] = {
    403: (Refused, "give that account the right: K3s's own has a binding to `cluster-admin`"),
    404: (Missing, "run `rackhouse apply`"),
    409: (WorldChanged, "run it again"),
    **dict.fromkeys((429, 502, 503, 504), _BUSY),
}


def refusal(what: str, where: str, code: int, status: Status) -> RackhouseError:
    """The error for an answer: what was asked for, and what the server said to it. `where` is the
    server, or the thing itself; then `what` is empty.
    """
    what = what and f"{what}: "
    said = str(status.get("message") or f"it answers {code}")
    known = _by_words(what, where, said)
    if known is not None:
        return known
    if code == 401:
        return unknown_here(where)
    if code in {400, 422}:
        text = "; ".join(causes(status)) or said
        return StepFailed(f"{what}the cluster refuses it: {text}", where=where)
    error, fix = _BY_CODE.get(code, (StepFailed, "look at the server's own log"))
    return error(f"{what}{said}", where=where, fix=fix)


def unknown_here(where: str, why: str = "") -> RackhouseError:
    """The server does not take who asks for anybody."""
    return Unavailable(
        f"it refuses the token or certificate{f': {why}' if why else ''}",
        where=where,
        fix="`rackhouse cluster add NAME` again; with `--kubeconfig FILE` where it is not K3s of"
        " the rack's own",
    )


def causes(status: Status) -> Iterator[str]:
    """`spec.replicas: Invalid value: -1 ...`, one for each field that is wrong."""
    for cause in (status.get("details") or {}).get("causes") or ():
        yield f"{cause['field']}: {cause['message']}" if cause.get("field") else cause["message"]


def is_conflict(status: Status) -> bool:
    """Whether fields belong to somebody else."""
    found = (status.get("details") or {}).get("causes") or ()
    return any(cause.get("reason") == "FieldManagerConflict" for cause in found)


def conflicts(status: Status) -> Mapping[str, tuple[str, ...]]:
    """The fields that belong to others, by who has them: `kubectl-edit` -> `.spec.replicas`."""
    found: dict[str, list[str]] = {}
    for cause in (status.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "FieldManagerConflict":
            who = re.search(r'conflict with "([^"]+)"', cause.get("message", ""))
            found.setdefault(who[1] if who else "somebody", []).append(cause.get("field", ""))
    return {who: tuple(fields) for who, fields in found.items()}


def immutable(status: Status) -> tuple[str, ...]:
    """The fields that cannot be changed once a thing is there."""
    found = (status.get("details") or {}).get("causes") or ()
    fixed = re.compile(r"immutable|updates to .* are forbidden|may not be changed|cannot change")
    return tuple(
        str(cause.get("field") or "") for cause in found if fixed.search(cause.get("message", ""))
    )


def _by_words(what: str, where: str, said: str) -> RackhouseError | None:
    """What the code alone does not tell."""
    if match := _QUOTA.search(said):
        text = f"{what}the quota {match['quota'].strip()!r} is used up: {match['rest'].strip()}"
        fix = "ask for less in the application's file, or raise the quota that somebody set there"
        return Refused(text, where=where, fix=fix)
    if match := _WEBHOOK.search(said):
        name, why = match["name"], "in time" if _SILENCE.search(said) else "at all"
        fix = "are its pods up? `kubectl get validatingwebhookconfigurations,pods -A` shows them"
        text = f"{what}the webhook {name!r}, which the server has to ask first, does not answer"
        return Unavailable(f"{text} {why}", where=where, fix=fix)
    if match := _DENIED.search(said):
        text = f"{what}the webhook {match['name']!r} refuses it: {match['why'].strip()}"
        return Refused(text, where=where, fix="it says why; whoever installed it decides")
    if _LARGE.search(said):
        fix = "keep large files in the image or in a bucket: an object has 1 MiB at most"
        return Refused(f"{what}it is too large for a cluster: {said}", where=where, fix=fix)
    if "because it is being terminated" in said:
        fix = "run it again when that is done; `kubectl describe namespace` shows what holds it"
        return Unavailable(f"{what}{said}", where=where, fix=fix)
    return None
