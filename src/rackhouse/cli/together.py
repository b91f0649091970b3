"""Steps of one plan that people read as one: the objects of a namespace that come or go together.

An application on a cluster is twelve objects and more. What is changed has a line of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from rackhouse.plan.step import Step, Verb
from rackhouse.resources.core import Id

_FEW = 3  # lines that are read one by one
_WIDE = "of the whole cluster"
_EVERYWHERE = frozenset(  # kinds that lie in no namespace
    {
        "APIService",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    }
)

Group = tuple[Verb, str, str, str]  # what is done, on which cluster, in which namespace, and why


def together(
    steps: Sequence[Step], alone: Callable[[Step], str] = str
) -> Iterator[tuple[str, Verb]]:
    """A line for each step, by `alone`; one for many objects of one namespace, where the first of
    them stands.
    """
    groups: dict[Group, list[Step]] = defaultdict(list)
    for step in steps:
        if group := _group(step):
            groups[group].append(step)
    told: set[Group] = set()
    for step in steps:
        group = _group(step)
        if group is None or len(groups[group]) <= _FEW:
            yield alone(step), step.verb
        elif group not in told:
            told.add(group)
            yield _line(group, groups[group]), step.verb


def _group(step: Step) -> Group | None:
    if step.verb is Verb.UPDATE or not step.id.target.startswith("kube."):
        return None
    return step.verb, step.id.target, _place(step.id)[0], step.why


def _place(id: Id) -> tuple[str, str]:
    """The namespace and the name in it. A namespace is the first thing in itself."""
    if id.kind in _EVERYWHERE:
        return _WIDE, id.name
    if id.kind == "Namespace":
        return id.name, ""
    namespace, _, name = id.name.partition(".")
    return namespace, name


def _line(group: Group, steps: Sequence[Step]) -> str:
    """`+ kube.home hello, 12 objects: absent`, and their names below by kind."""
    verb, target, namespace, why = group
    names: defaultdict[str, list[str]] = defaultdict(list)
    for step in steps:
        names[step.id.kind].append(_place(step.id)[1])
    things = (" ".join([kind, *sorted(found)]).strip() for kind, found in sorted(names.items()))
    return f"{verb.sign} {target} {namespace}, {len(steps)} objects: {why}\n    {', '.join(things)}"
