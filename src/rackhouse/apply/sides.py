"""Which side an application is wanted on: this machine, or a cluster that joined.

It goes from one to the other by an apply over both: there it is made first, and here it leaves
last. What an apply is not about both sides of stays here, if it is here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rackhouse.app.model import App
from rackhouse.apply.clusters import joined
from rackhouse.apply.moved import moved
from rackhouse.desired.clusters import LeftOut, Sides, clusters, sides
from rackhouse.desired.platform.pins import Pins
from rackhouse.kit.errors import Refused
from rackhouse.rack.model import Rack
from rackhouse.resources.place import Wanted
from rackhouse.store.protocol import Store


@dataclass(frozen=True)
class Sorted:
    """These applications, sorted by side. One that is on a cluster stays there as it is `live`
    while its next release cannot be there; Refused where that cannot either.
    """

    rack: Rack
    store: Store
    apps: Collection[App]
    live: Mapping[str, App]

    @cached_property
    def joined(self) -> frozenset[str]:
        """The clusters that can be asked."""
        return frozenset(joined(self.store))

    @cached_property
    def sides(self) -> Sides:
        """Who is to be where."""
        back = {each.application for each in self.held_back}
        found = self._with_live(back)
        _refuse(each for each in found.left_out if each.application in back)
        return found

    def _with_live(self, back: Collection[str]) -> Sides:
        """Who would be where, were these what they are now."""
        apps = [self.live.get(app.name, app) if app.name in back else app for app in self.apps]
        return sides(self.rack, apps, self.joined, self._given)

    @cached_property
    def held_back(self) -> tuple[LeftOut, ...]:
        """Releases that cannot be where their application is: first those that lack something of
        their own, then those that speak to what even so is not there.
        """
        gone, back = moved(self.store), dict[str, LeftOut]()
        while True:
            left = [it for it in self._with_live(back).left_out if it.application in gone]
            new = [it for it in left if it.application not in back]
            if not new:
                return tuple(back.values())
            alone = [it for it in new if not it.for_want_of]
            back |= {it.application: it for it in alone or new}

    def refuse_held_back(self) -> None:
        """For whoever wants these releases and no others."""
        _refuse(self.held_back)

    @cached_property
    def _given(self) -> frozenset[str]:
        return frozenset(id.name for id in self.store.chosen("vault", "given"))

    @cached_property
    def _left(self) -> frozenset[str]:
        """The applications of which a release is on this machine."""
        stamps = self.store.stamps("machine")
        return frozenset(it.owner for id, it in stamps.items() if id.kind == "source")

    @property
    def _unseen(self) -> Mapping[str, str]:
        """Those that were brought to a cluster which no plan is about any more, and stay there."""
        known = moved(self.store)
        return {
            each.name: each.cluster
            for each in self.rack.applications
            if each.cluster and known.get(each.name) == each.cluster not in self.joined
        }

    def touched(self, names: Iterable[str]) -> frozenset[str]:
        """The clusters that these applications are on, or will be."""
        known: list[Mapping[str, str]] = [self.sides.away, moved(self.store)]
        found = {each[name] for name in names for each in known if name in each}
        return self.joined & found

    def here(self, along: Collection[str]) -> list[App]:
        """Those of this machine, where `along` are the clusters that are wanted along with it."""
        away, left = {**self._unseen, **self.sides.away}, self._left
        return [
            app
            for app in self.apps
            if app.name not in away or (app.name in left and away[app.name] not in along)
        ]

    def there(self, names: Collection[str], given: Collection[str], pins: Pins) -> Wanted:
        """All that is wanted on the clusters of these names."""
        chosen = {name: apps for name, apps in self.sides.there.items() if name in names}
        return clusters(self.rack, Sides(there=chosen), given, pins)


def _refuse(found: Iterable[LeftOut]) -> None:
    for each in found:
        what = f"{each.application} runs on {each.cluster}, and {each.why}"
        raise Refused(what, fix=each.fix)
