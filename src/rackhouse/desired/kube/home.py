"""Home: where the objects of one owner live, what they are labelled, and how one is rendered. Pure.

A manifest is built from lightkube's models, so that a wrong field is a type error, and rendered
once: sorted, without nulls, the same bytes for the same files.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import msgspec
from lightkube.core.resource import GlobalResource, api_info
from lightkube.core.resource import Resource as Kind
from lightkube.models.meta_v1 import ObjectMeta

from rackhouse.desired.case import Case
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Id, Ref, Resource, Text
from rackhouse.resources.kube import KINDS, KubeSpec, Object, Secret

OWN = "rackhouse.dev"


class Manifest(Protocol):
    """What every one of lightkube's resources has."""

    apiVersion: str | None  # noqa: N815  Kubernetes calls it so
    kind: str | None
    metadata: ObjectMeta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A namespace of a cluster, and whose it is."""

    rack: str
    cluster: str
    namespace: str
    owner: str = "rack"
    uid: str = ""

    @classmethod
    def of(cls, case: Case) -> Home:
        """An application's own namespace, which is called as it is."""
        rack, app = case.ground.rack, case.app
        return cls(
            rack=rack.name,
            cluster=cluster_of(rack, case.entry.cluster),
            namespace=app.name,
            owner=app.name,
            uid=app.uid,
        )

    def id(self, kind: str, name: str) -> Id:
        """`kube.home/Deployment/hello.web`."""
        return Id(target(self.cluster), kind, f"{self.namespace}.{name}")

    @property
    def labels(self) -> dict[str, str]:
        """On every object: whose it is, and who writes it."""
        return {
            "app.kubernetes.io/managed-by": "rackhouse",
            "app.kubernetes.io/part-of": self.owner,
            f"{OWN}/rack": self.rack,
        }

    def metadata(
        self,
        name: str,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> ObjectMeta:
        """The metadata of an object here."""
        return ObjectMeta(
            name=name,
            namespace=self.namespace,
            labels={**self.labels, **(labels or {})},
            annotations=dict(annotations) if annotations else None,
        )

    def made(
        self,
        manifest: Manifest,
        *,
        holes: Iterable[Ref] = (),
        needs: Collection[Id] = (),
        keep: bool = False,
    ) -> Resource[Object]:
        """An object of Kubernetes' own kinds. `holes`: the references that its texts hold."""
        kind = api_info(cast(Kind, manifest)).resource
        manifest.apiVersion, manifest.kind = kind.api_version, kind.kind
        assert manifest.metadata is not None
        name = manifest.metadata.name or ""
        everywhere = isinstance(manifest, GlobalResource)
        if everywhere:
            manifest.metadata.namespace = None
        body = _text(msgspec.json.encode(manifest, order="sorted").decode(), holes)
        spec = Object(
            api=kind.api_version,
            kind=kind.kind,
            namespace="" if everywhere else self.namespace,
            name=name,
            body=body,
        )
        where = Id(target(self.cluster), kind.kind, name) if everywhere else None
        return self._own(where or self.id(kind.kind, name), spec, needs, keep=keep)

    def custom(
        self,
        api: str,
        kind: str,
        name: str,
        spec: Mapping[str, Any],
        *,
        needs: Collection[Id] = (),
        keep: bool = False,
    ) -> Resource[Object]:
        """An object of a kind that an operator brings, for which lightkube has no model."""
        labels = self.labels
        body = {
            "apiVersion": api,
            "kind": kind,
            "metadata": {"labels": labels, "name": name, "namespace": self.namespace},
            "spec": spec,
        }
        text = Text.of(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
        made = Object(api=api, kind=kind, namespace=self.namespace, name=name, body=text)
        return self._own(self.id(kind, name), made, needs, keep=keep)

    def secret(
        self, name: str, values: Mapping[str, Text], *, kind: str = "Opaque", **labels: str
    ) -> Resource[Secret]:
        """A Secret. It needs the namespace, and whatever its values come from."""
        spec = Secret(
            namespace=self.namespace,
            name=name,
            values=tuple(sorted(values.items())),
            type=kind,
            labels=tuple(sorted({**self.labels, **labels}.items())),
        )
        made: Resource[Secret] = self._own(self.id("Secret", name), spec, ())
        return made

    def _own(
        self, id: Id, spec: KubeSpec, needs: Collection[Id], *, keep: bool = False
    ) -> Resource[Any]:
        if isinstance(spec, Object):
            assert KINDS.get(spec.kind) == spec.api, f"{spec.kind} of {spec.api} is in no table"
        first = {Id(target(self.cluster), "Namespace", self.namespace)} - {id}
        if id.kind == "PriorityClass":
            first = set()
        return Resource(
            id=id,
            spec=spec,
            owner=self.owner,
            uid=self.uid,
            needs=frozenset({*first, *needs}),
            keep=keep,
        )


def target(cluster: str) -> str:
    """What the target of a cluster is called in ids."""
    return f"kube.{cluster}"


def cluster_of(rack: Rack, said: str = "") -> str:
    """The cluster that is said, else the rack's first; a rack without one names a cluster to be."""
    return said or next((cluster.name for cluster in rack.clusters), rack.name)


def _text(json_text: str, holes: Iterable[Ref]) -> Text:
    """`json_text` with the printed forms of `holes` as references again."""
    text = Text.of(json_text)
    for ref in holes:
        parts: list[str | Ref] = []
        for part in text.parts:
            if not isinstance(part, str):
                parts.append(part)
                continue
            first, *rest = part.split(str(ref))
            parts.append(first)
            for piece in rest:
                parts += [ref, piece]
        text = Text.of(*parts)
    return text
