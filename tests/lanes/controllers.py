"""Plays the controllers that a control plane alone lacks: says that workloads are ready, lets go.

It writes statuses as theirs would, takes away the finalizers that theirs take away, and empties a
namespace that leaves. No pod is made. What has an image in `broken` never becomes ready.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Self

from lanes.hand import Hand
from rackhouse.resources.kube import KINDS

Live = Mapping[str, Any]
_EVERY = 0.2  # seconds
_THEIRS = frozenset({"foregroundDeletion", "orphan", "kubernetes.io/pvc-protection"})
_HELD = ("CronJob", "DaemonSet", "Deployment", "Job", "PersistentVolumeClaim", "StatefulSet")


class Controllers:
    """For as long as it is entered."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self.broken: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._failure:
            raise self._failure

    def _play(self) -> None:
        try:
            while not self._over.wait(_EVERY):
                for kind in _STATUS:
                    for live in self._hand.listed(KINDS[kind], kind):
                        self._report(live)
                for kind in _HELD:
                    for live in self._hand.listed(KINDS[kind], kind):
                        self._let_go(live)
                for live in self._hand.listed("v1", "Namespace"):
                    self._empty(live)
        except BaseException as error:  # noqa: BLE001 (the test's own thread raises it)
            self._failure = error

    def _report(self, live: Live) -> None:
        wanted = _STATUS[live["kind"]](live)
        if live["kind"] == "Deployment":
            stuck = any(it["image"] in self.broken for it in _containers(live))
            wanted["conditions"] = [_progress(stuck=stuck)]
            if stuck:
                wanted |= {"availableReplicas": 0, "readyReplicas": 0}
        now = dict(live.get("status") or {})
        conditions = [_bare(it) for it in now.get("conditions") or ()]
        if {**now, "conditions": conditions} != {**now, "conditions": conditions, **wanted}:
            path = f"{self._hand.path(live)}/status"
            self._hand.send("PATCH", path, {"status": wanted}, kind="merge-patch+json")

    def _let_go(self, live: Live) -> None:
        about = live["metadata"]
        held = about.get("finalizers") or []
        kept = [it for it in held if it not in _THEIRS]
        if about.get("deletionTimestamp") and kept != held:
            body = {"metadata": {"finalizers": kept, "uid": about["uid"]}}
            self._hand.send("PATCH", self._hand.path(live), body, kind="merge-patch+json")

    def _empty(self, live: Live) -> None:
        about = live["metadata"]
        if not about.get("deletionTimestamp"):
            return
        for kind, api in KINDS.items():
            for each in self._hand.listed(api, kind, about["name"]):
                self._hand.send("DELETE", self._hand.path(each))
                self._let_go({**each, "metadata": {**each["metadata"], "deletionTimestamp": "now"}})
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": about, "spec": {}}
        self._hand.send("PUT", f"/api/v1/namespaces/{about['name']}/finalize", body)


def _deployment(live: Live) -> dict[str, Any]:
    count = live["spec"]["replicas"]
    names = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    return {"observedGeneration": live["metadata"]["generation"], **dict.fromkeys(names, count)}


def _stateful(live: Live) -> dict[str, Any]:
    return {**_deployment(live), "currentRevision": "1", "updateRevision": "1"}


_NOWHERE = dict.fromkeys(
    ("currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"), 0
)

_STATUS: Mapping[str, Callable[[Live], dict[str, Any]]] = {
    "Cluster": lambda live: {"readyInstances": live["spec"]["instances"]},
    "DaemonSet": lambda live: {**_NOWHERE, "observedGeneration": live["metadata"]["generation"]},
    "Database": lambda _: {"applied": True},
    "DatabaseRole": lambda _: {"applied": True},
    "Deployment": _deployment,
    "StatefulSet": _stateful,
}


def _containers(live: Live) -> list[Any]:
    found: list[Any] = live["spec"]["template"]["spec"]["containers"]
    return found


def _progress(*, stuck: bool) -> dict[str, str]:
    reason = "ProgressDeadlineExceeded" if stuck else "NewReplicaSetAvailable"
    return {"type": "Progressing", "status": str(not stuck), "reason": reason}


def _bare(condition: Live) -> dict[str, str]:
    return {name: condition[name] for name in ("type", "status", "reason") if name in condition}
