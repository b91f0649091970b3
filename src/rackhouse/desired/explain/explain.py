"""`explain`: the whole of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from rackhouse.app.model import App, ResourceType
from rackhouse.desired import desired, ground_of
from rackhouse.desired.explain import here, there
from rackhouse.desired.explain.lines import Lines
from rackhouse.desired.explain.model import Explanation, Story, Target
from rackhouse.desired.facts import Facts
from rackhouse.desired.kube import cluster_of, elsewhere, kube
from rackhouse.desired.kube import ground_of as ground_on
from rackhouse.desired.models import keys_of
from rackhouse.desired.platform.copied import GIVEN
from rackhouse.kit.errors import FileError
from rackhouse.rack.model import Rack


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The texts that were read, and what they are called: the application's, and the rack's."""

    score: str
    rack: str
    score_file: str = "score.yaml"
    rack_file: str = "rack.yaml"
    read: tuple[Lines, Lines] = field(init=False)

    def __post_init__(self) -> None:
        pair = (Lines(self.score_file, self.score), Lines(self.rack_file, self.rack))
        object.__setattr__(self, "read", pair)


def explain(
    rack: Rack,
    apps: Mapping[str, App],
    name: str,
    *,
    facts: Facts,
    files: Files,
    targets: Collection[Target] = tuple(Target),
    live: str = "",
) -> Explanation:
    """What the application `name` of `apps`, which all have a release, becomes on each target.
    `live` is where it runs now, for people.

    A target that cannot run it is told of in `refused`, where another can; FileError where none
    can.
    """
    app = apps[name]
    given = facts.given | secrets_of(apps.values()) | keys_of(rack)  # set, or to be set
    facts = replace(facts, given=given)
    tell: Mapping[Target, Callable[[], Story]] = {
        Target.EMBEDDED: lambda: _here(rack, apps, name, facts, files),
        Target.KUBE: lambda: _there(rack, apps, name, facts, files),
    }
    stories, refused = [], []
    for target in targets:
        try:
            stories.append(tell[target]())
        except FileError as error:
            refused.append((target, error))
    if not stories and refused:
        raise refused[0][1]
    return Explanation(
        application=name,
        release=app.release.tag if app.release else "",
        live=live,
        kind=app.kind,
        rack=rack.name,
        stories=tuple(stories),
        refused=tuple((target, str(error)) for target, error in refused),
    )


def _here(rack: Rack, apps: Mapping[str, App], name: str, facts: Facts, files: Files) -> Story:
    all_apps = list(apps.values())
    wanted = desired(rack, all_apps, facts).resources
    return here.story(ground_of(rack, all_apps, facts), name, wanted, files.read)


def _there(rack: Rack, apps: Mapping[str, App], name: str, facts: Facts, files: Files) -> Story:
    said = next((it.cluster for it in rack.applications if it.name == name), "")
    cluster, all_apps = cluster_of(rack, said), list(apps.values())
    given = facts.given.union(GIVEN, *(elsewhere.given(rack, app) for app in all_apps))
    wanted = kube(rack, all_apps, given, cluster)
    return there.story(ground_on(rack, all_apps, given, cluster), name, wanted, files.read)


def secrets_of(apps: Iterable[App]) -> frozenset[str]:
    """`app.name` of every secret that a person sets, or will."""
    return frozenset(
        f"{app.name}.{need.name}"
        for app in apps
        for need in app.needs
        if need.type is ResourceType.SECRET
    )
