"""What is sent: a spec as a manifest with our marks. What is read: the marks of what is there.

Pure. The marks are a label, by which all of a rack is found, and annotations: the stamp, and while
a rollout lasts the configuration before it, so that whoever finds it half done can go back.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from rackhouse.resources.core import Values
from rackhouse.resources.kube import KINDS, KubeSpec, Object
from rackhouse.resources.seen import Stamp
from rackhouse.targets.kube.fields import Live, before, owned

RACK = "rackhouse.dev/rack"
STAMP = "rackhouse.dev/stamp"
FORMER = "rackhouse.dev/former"
ADOPTED = "adopted"  # the digest on the stamp of what was somebody else's

Body = dict[str, Any]


def body(spec: KubeSpec, values: Values) -> Body:
    """The manifest, filled."""
    if isinstance(spec, Object):
        manifest: Body = json.loads(spec.body.fill(values))
        return manifest
    data = {key: base64.b64encode(text.fill(values).encode()).decode() for key, text in spec.values}
    metadata = {"name": spec.name, "namespace": spec.namespace, "labels": dict(spec.labels)}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": spec.type,
        "data": data,
    }


def marked(body: Body, stamp: Stamp, former: str = "") -> Body:
    """With the stamp, and what to go back to."""
    metadata = body["metadata"]
    marks = {STAMP: stamp.to_json()} | ({FORMER: former} if former else {})
    return {
        **body,
        "metadata": {
            **metadata,
            "labels": {**(metadata.get("labels") or {}), RACK: stamp.rack},
            "annotations": {**(metadata.get("annotations") or {}), **marks},
        },
    }


def stamp_of(live: Live) -> Stamp | None:
    """What a rack wrote on it; None for what is nobody's, or was made of something that is one's.

    Controllers copy labels and annotations on what they make: a Deployment's on its ReplicaSet.
    """
    metadata = live["metadata"]
    if any(owner.get("controller") for owner in metadata.get("ownerReferences") or ()):
        return None
    try:
        return Stamp.from_json((metadata.get("annotations") or {})[STAMP])
    except (KeyError, ValueError):
        return None


def content(live: Live) -> str:
    """What of it is ours, as it is now, without our marks: what a fingerprint is made of."""
    ours = owned(live)
    annotations = (ours.get("metadata") or {}).get("annotations") or {}
    for mark in (STAMP, FORMER):
        annotations.pop(mark, None)
    return json.dumps(ours, sort_keys=True)


def former(live: Live | None, body: Body) -> str:
    """What to go back to when the rollout of `body` fails: the last that was wholly made, with what
    a hand changed of it since; or "".
    """
    stamp = stamp_of(live) if live else None
    if live is None or stamp is None:
        return ""
    if not stamp.found:
        return str((live["metadata"].get("annotations") or {}).get(FORMER, ""))
    metadata = live["metadata"]
    ours = before(live, body)
    ours["apiVersion"], ours["kind"] = live.get("apiVersion", KINDS.get(live["kind"])), live["kind"]
    ours.setdefault("metadata", {})["name"] = metadata["name"]
    if "namespace" in metadata:
        ours["metadata"]["namespace"] = metadata["namespace"]
    return json.dumps(ours, sort_keys=True, separators=(",", ":"))
