"""Jobs: pods until enough of them succeeded, or too many failed. CronJobs start nothing here."""

from __future__ import annotations

from datetime import datetime, timedelta

from rackhouse.twin.kube import hand, removing
from rackhouse.twin.kube.body import Body, at, name_of
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import pods

_RESOURCE = "jobs.batch"
_LABELS = ("batch.kubernetes.io/job-name", "job-name")


def step(cluster: Cluster) -> None:
    """Start what is to run, count what has ended, forget what ended long ago."""
    for it in hand.staying(cluster, _RESOURCE):
        if _ended(it):
            _forget(cluster, it)
        else:
            _one(cluster, it)


def _ended(it: Body) -> bool:
    conditions = at(it, "status", "conditions") or ()
    return any(
        held["type"] in {"Complete", "Failed"} and held["status"] == "True" for held in conditions
    )


def _forget(cluster: Cluster, it: Body) -> None:
    lives, ended = at(it, "spec", "ttlSecondsAfterFinished"), at(it, "status", "completionTime")
    since = ended or at(it, "status", "conditions")[-1]["lastTransitionTime"]
    if lives is not None:
        end = datetime.fromisoformat(since) + timedelta(seconds=lives)
        if cluster.clock() >= end:
            removing.remove(cluster, _RESOURCE, it)


def _one(cluster: Cluster, it: Body) -> None:
    every = hand.owned(cluster, "pods", it)
    good = sum(at(pod, "status", "phase") == "Succeeded" for pod in every)
    bad = sum(at(pod, "status", "phase") == "Failed" for pod in every)
    wanted, most = at(it, "spec", "completions") or 1, at(it, "spec", "backoffLimit")
    running = pods.living(cluster, it)
    status: Body = {
        "startTime": at(it, "status", "startTime") or cluster.time(),
        "active": len(running) or None,
        "ready": sum(map(hand.ready, running)),
        "succeeded": good or None,
        "failed": bad or None,
    }
    if good >= wanted:
        status["completionTime"] = cluster.time()
        status["conditions"] = hand.condition(
            cluster,
            it,
            "Complete",
            True,
            "CompletionsReached",
            "Reached expected number of succeeded pods",
        )
    elif bad > (6 if most is None else most):
        status["conditions"] = hand.condition(
            cluster,
            it,
            "Failed",
            True,
            "BackoffLimitExceeded",
            "Job has reached the specified backoff limit",
        )
        for pod in running:
            pods.remove(cluster, pod)
    elif not at(it, "spec", "suspend"):
        missing = min(at(it, "spec", "parallelism") or 1, wanted - good) - len(running)
        for _ in range(missing):
            if pods.make(cluster, _pod(it), it):
                break
    hand.status(cluster, _RESOURCE, it, status)


def _pod(it: Body) -> Body:
    labels = dict.fromkeys(_LABELS, name_of(it))
    return pods.pod(it["spec"]["template"], it, f"{name_of(it)}-", **labels)
