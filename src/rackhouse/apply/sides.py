"""Which side an application is wanted on: this machine, or a cluster that joined.

It goes from one to the other by an apply over both: there it is made first, and here it leaves
last. Until that apply has come to its end, nothing of it leaves here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rackhouse.app.model import App
from rackhouse.apply.clusters import joined
from rackhouse.apply.moved import moved
from rackhouse.desired.clusters import Sides, clusters, sides
from rackhouse.kit.errors import Refused
from rackhouse.rack.model import Rack
from rackhouse.resources.place import Wanted
from rackhouse.store.protocol import Store


@dataclass(frozen=True)
class Sorted:
    """These applications, sorted by side. Refused where one that is on a cluster has a release
    that cannot be there.
    """

    rack: Rack
    store: Store
    apps: Collection[App]

    @cached_property
    def joined(self) -> frozenset[str]:
        """The clusters that can be asked."""
        return frozenset(joined(self.store))

    @cached_property
    def sides(self) -> Sides:
        """Who is to be where."""
        found = sides(self.rack, self.apps, self.joined)
        for each in found.left_out:
            if each.application in moved(self.store):
                what = f"{each.application} runs on {each.cluster}, and {each.why}"
                raise Refused(what, fix=each.fix)
        return found

    def touched(self, names: Iterable[str]) -> frozenset[str]:
        """The clusters that these applications are on, or will be."""
        known: list[Mapping[str, str]] = [self.sides.away, moved(self.store)]
        found = {each[name] for name in names for each in known if name in each}
        return self.joined & found

    def here(self, settled: Collection[str]) -> list[App]:
        """Those of this machine, where `settled` are the clusters that are wanted along with it."""
        away, gone = self.sides.away, moved(self.store)
        return [
            app
            for app in self.apps
            if app.name not in away or not (away[app.name] in settled or app.name in gone)
        ]

    def there(self, names: Collection[str], given: Collection[str]) -> Wanted:
        """All that is wanted on the clusters of these names."""
        chosen = {name: apps for name, apps in self.sides.there.items() if name in names}
        return clusters(self.rack, Sides(there=chosen), given)
