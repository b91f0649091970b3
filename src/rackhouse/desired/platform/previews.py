"""What lets the broker open previews, and nothing else; and what all previews share. Pure.

RBAC cannot say "in namespaces with that label": it lets the broker make namespaces and bind itself
a role there, and an admission policy keeps both, and all else that it writes, to previews.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lightkube.models import admissionregistration_v1 as a
from lightkube.models import networking_v1 as n
from lightkube.models import rbac_v1 as r
from lightkube.models.meta_v1 import LabelSelector, LabelSelectorRequirement
from lightkube.resources.admissionregistration_v1 import (
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
)
from lightkube.resources.networking_v1 import NetworkPolicy
from lightkube.resources.rbac_authorization_v1 import ClusterRole, ClusterRoleBinding

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.allow import to
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import BROKER, OPERATOR, POSTGRES, SYSTEM
from rackhouse.desired.kube.previews import OPENED, ROLE
from rackhouse.desired.kube.releasing import rules
from rackhouse.desired.platform import table
from rackhouse.desired.platform.pod import marks
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.wanted import certified
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.previews import OF
from rackhouse.resources.vault import Certificate

OPENS = "rackhouse-previews"  # what the broker may outside of previews, so that there are any
_RBAC = "rbac.authorization.k8s.io"
_ALL = ["create", "delete", "get", "list", "patch", "watch"]

# In the policy's words: whether a namespace says that it is a preview, and closes its pods.
_IS_PREVIEW = (
    "has({0}.metadata.labels) && '{of}' in {0}.metadata.labels"
    " && 'pod-security.kubernetes.io/enforce' in {0}.metadata.labels"
    " && {0}.metadata.labels['pod-security.kubernetes.io/enforce'] == 'restricted'"
)


def previews(space: Space) -> Iterator[Resource[Any]]:
    """`space` is the broker's."""
    walls = list(_walls(space.home))
    yield from walls
    bound = {it.id for it in walls}
    yield from _role(space.home, OPENS, _opens(), bound)
    yield space.home.made(ClusterRole(metadata=space.home.metadata(ROLE), rules=_inside()))
    if not certified(space.rack, space.cluster):
        yield from _shown(space)
    if space.rack.data.postgres is not None:
        yield _operator(space)


def _opens() -> list[r.PolicyRule]:
    return [
        _rule("", ["namespaces"], ["create", "delete", "get", "list", "patch"]),
        _rule(_RBAC, ["rolebindings"], ["create", "get", "patch"]),
        _rule(_RBAC, ["clusterroles"], ["bind"], [ROLE]),
    ]


def _inside() -> list[r.PolicyRule]:
    """In a preview: what it opens there, and whatever it lets releases do."""
    groups: dict[str, list[str]] = {}
    for group, plural in OPENED.values():
        groups.setdefault(group, []).append(plural)
    found = [_rule(group, sorted(plurals), _ALL) for group, plurals in sorted(groups.items())]
    return [*found, _rule("", ["serviceaccounts/token"], ["create"]), *rules()]


def _role(
    home: Home, name: str, may: list[r.PolicyRule], needs: set[Id]
) -> Iterator[Resource[Any]]:
    """A role everywhere, that the broker has once those are there."""
    role = home.made(ClusterRole(metadata=home.metadata(name), rules=may))
    yield role
    subject = r.Subject(kind="ServiceAccount", name=BROKER.service, namespace=BROKER.namespace)
    binding = ClusterRoleBinding(
        metadata=home.metadata(name),
        roleRef=r.RoleRef(apiGroup=_RBAC, kind="ClusterRole", name=name),
        subjects=[subject],
    )
    account = home.id("ServiceAccount", BROKER.service)
    yield home.made(binding, needs={role.id, account, *needs})


def _walls(home: Home) -> Iterator[Resource[Any]]:
    """Whatever the broker writes is a preview's namespace, or in one."""
    who = f"system:serviceaccount:{BROKER.namespace}:{BROKER.service}"
    named = "request.resource.resource == 'namespaces' && request.resource.group == ''"
    both = " && ".join(f"({it} == null || {_is_preview(it)})" for it in ("object", "oldObject"))
    inside = f"namespaceObject != null && {_is_preview('namespaceObject')}"
    everything = a.NamedRuleWithOperations(
        apiGroups=["*"], apiVersions=["*"], operations=["*"], resources=["*"]
    )
    policy = ValidatingAdmissionPolicy(
        metadata=home.metadata(OPENS),
        spec=a.ValidatingAdmissionPolicySpec(
            failurePolicy="Fail",
            matchConstraints=a.MatchResources(resourceRules=[everything]),
            matchConditions=[
                a.MatchCondition(name="broker", expression=f"request.userInfo.username == '{who}'")
            ],
            validations=[
                a.Validation(
                    expression=f"{named} ? {both} : {inside}",
                    message="the broker writes previews, and nothing else",
                )
            ],
        ),
    )
    made = home.made(policy)
    yield made
    binding = ValidatingAdmissionPolicyBinding(
        metadata=home.metadata(OPENS),
        spec=a.ValidatingAdmissionPolicyBindingSpec(policyName=OPENS, validationActions=["Deny"]),
    )
    yield home.made(binding, needs={made.id})


def _is_preview(it: str) -> str:
    return _IS_PREVIEW.format(it, of=OF)


def _shown(space: Space) -> Iterator[Resource[Any]]:
    """The certificate that the ingress shows where an address has none of its own: `*.DOMAIN`. Its
    key is where the ingress is, so that whoever opens a preview needs neither it nor the
    authority's.
    """
    id = Id("vault", "certificate", f"{space.cluster}.previews")
    spec = Certificate(
        authority_certificate=Text.of(AUTHORITY.ref("certificate")),
        authority_key=Text.of(AUTHORITY.ref("key")),
        names=(f"*.{space.rack.domain}",),
    )
    yield Resource(id=id, spec=spec, keep=True)
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=SYSTEM)
    pair = {"tls.crt": Text.of(id.ref("certificate")), "tls.key": Text.of(id.ref("key"))}
    kept = there.secret(OPENS, pair, kind="kubernetes.io/tls")
    yield replace(kept, needs=frozenset())  # K3s made the namespace
    store = {"defaultCertificate": {"secretName": OPENS}}
    made = there.custom("traefik.io/v1alpha1", "TLSStore", "default", store)
    yield replace(made, needs=frozenset({kept.id}))


def _operator(space: Space) -> Resource[Any]:
    """CloudNativePG's operator asks the instances of previews, too."""
    namespace, status = OPERATOR
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=namespace)
    shown = n.NetworkPolicyPeer(
        namespaceSelector=LabelSelector(
            matchExpressions=[LabelSelectorRequirement(key=OF, operator="Exists")]
        ),
        podSelector=LabelSelector(matchLabels=dict(POSTGRES.labels)),
    )
    spec = n.NetworkPolicySpec(
        podSelector=LabelSelector(matchLabels=marks(table.POSTGRES_OPERATOR.name)),
        policyTypes=["Egress"],
        egress=[to(shown, at=[status])],
    )
    return there.made(NetworkPolicy(metadata=there.metadata(OPENS), spec=spec))


def _rule(
    group: str, plurals: list[str], verbs: list[str], names: list[str] | None = None
) -> r.PolicyRule:
    return r.PolicyRule(apiGroups=[group], resources=plurals, verbs=verbs, resourceNames=names)
