"""What makes pods: selectors that match, restarts that make sense. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from croniter import croniter

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.rules import pods, words
from rackhouse.twin.kube.select import matches

_JOB_NAME = 52  # a Job's name has 11 characters more, and may have 63


def replica_set(body: Body) -> Iterator[Cause]:
    """Pods that its selector finds."""
    spec = body.get("spec") or {}
    yield from words.at_least_zero("spec.replicas", spec.get("replicas"))
    selector, template = spec.get("selector"), spec.get("template")
    if not selector:
        yield words.required("spec.selector")
    labels = at(template or {}, "metadata", "labels") or {}
    if not matches(selector, labels):
        why = "`selector` does not match template `labels`"
        yield words.invalid("spec.template.metadata.labels", labels, why)
    yield from pods.template(template, "spec.template")
    policy = at(template or {}, "spec", "restartPolicy")
    if policy != "Always":
        yield words.unsupported("spec.template.spec.restartPolicy", policy, ["Always"])


def deployment(body: Body) -> Iterator[Cause]:
    """As a ReplicaSet, with a way to roll on."""
    yield from replica_set(body)
    strategy = at(body, "spec", "strategy") or {}
    rolling = strategy.get("rollingUpdate") or {}
    if strategy.get("type") == "Recreate" and rolling:
        why = "may not be specified when strategy `type` is 'Recreate'"
        yield words.forbidden("spec.strategy.rollingUpdate", why)
    elif strategy.get("type") not in {"Recreate", "RollingUpdate"}:
        said = {"Type": strategy.get("type"), "RollingUpdate": rolling or None}
        yield words.unsupported("spec.strategy", said, ["Recreate", "RollingUpdate"])
    elif [rolling.get(key) for key in ("maxSurge", "maxUnavailable")] in ([0, 0], ["0%", "0%"]):
        why = "may not be 0 when `maxSurge` is 0"
        yield words.invalid("spec.strategy.rollingUpdate.maxUnavailable", 0, why)


def stateful_set(body: Body) -> Iterator[Cause]:
    """As a ReplicaSet."""
    yield from replica_set(body)


def daemon_set(body: Body) -> Iterator[Cause]:
    """As a ReplicaSet without a number."""
    yield from replica_set(body)


def job(body: Body) -> Iterator[Cause]:
    """Pods that end."""
    yield from _ending(at(body, "spec", "template"), "spec.template")
    for key in ("backoffLimit", "completions", "parallelism", "ttlSecondsAfterFinished"):
        yield from words.at_least_zero(f"spec.{key}", at(body, "spec", key))


def cron_job(body: Body) -> Iterator[Cause]:
    """A Job, and when."""
    name, spec = name_of(body), body.get("spec") or {}
    if len(name) > _JOB_NAME:
        why = f"must be no more than {_JOB_NAME} characters"
        yield words.invalid("metadata.name", name, why)
    schedule = str(spec.get("schedule") or "")
    fields = schedule.split()
    if not schedule:
        yield words.required("spec.schedule")
    elif len(fields) != 5 and not schedule.startswith("@"):
        why = f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
        yield words.invalid("spec.schedule", schedule, why)
    elif not croniter.is_valid(schedule):
        yield words.invalid("spec.schedule", schedule, "failed to parse")
    if (zone := spec.get("timeZone")) and zone not in available_timezones():
        yield words.invalid("spec.timeZone", zone, f"unknown time zone {zone}")
    inner = at(spec, "jobTemplate", "spec", "template")
    yield from _ending(inner, "spec.jobTemplate.spec.template")


def _ending(template: Body | None, field: str) -> Iterator[Cause]:
    yield from pods.template(template, field)
    if at(template or {}, "spec", "restartPolicy") not in {"OnFailure", "Never"}:
        yield words.required(f"{field}.spec.restartPolicy", 'valid values: "OnFailure", "Never"')
