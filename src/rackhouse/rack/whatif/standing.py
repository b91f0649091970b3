"""What a rack promises, and how each of it stands when something is gone. Pure.

A thing's state never gets better when more is lost: each reason below stays one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rackhouse.kit.text import plural
from rackhouse.rack.kinds import show_bytes
from rackhouse.rack.model import Application, Cluster, Rack
from rackhouse.rack.rules.finding import node_named
from rackhouse.rack.whatif.answering import model
from rackhouse.rack.whatif.place import CACHE, POSTGRES, Placement, place
from rackhouse.rack.whatif.situation import Situation, routers, servers


class State(StrEnum):
    """How a thing stands, best first."""

    GOES_ON = "goes on"
    WEAKER = "weaker"
    MAY_STOP = "may stop"
    STOPS = "stops"

    @property
    def rank(self) -> int:
        """0 is best."""
        return list(State).index(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing, its state, and the reason."""

    what: str
    state: State
    why: str


def standings(situation: Situation) -> tuple[Standing, ...]:
    """Everything that the file promises, in the file's order of importance."""
    return tuple(_all(situation))


def _all(situation: Situation) -> Iterator[Standing]:
    yield from _network(situation)
    for cluster in situation.clusters:
        yield _cluster(situation, cluster)
    if situation.clusters:
        yield from _data(situation, situation.clusters[0], place(situation))
    for each in situation.was.models:
        yield _model(situation, each.name)
    for application in situation.was.applications:
        yield from _application(situation, application)
    yield from _backups(situation)


def _network(situation: Situation) -> Iterator[Standing]:
    rack = situation.was
    if not rack.network.router and not routers(rack, rack.nodes):
        return
    serves = rack.network.router.serves if rack.network.router else ()
    if situation.routed:
        yield Standing("network", State.GOES_ON, "the VLANs are connected")
    else:
        lost = ", ".join(["no Internet", *(f"no {each.upper()}" for each in serves[:2])])
        yield Standing("network", State.STOPS, f"nothing connects the VLANs: {lost}")


def _cluster(situation: Situation, cluster: Cluster) -> Standing:
    what = f"cluster {cluster.name}"
    had, has = situation.had_servers(cluster), len(servers(situation.together(cluster)))
    left = f"{has} of {plural(had, 'server')} left" if has < had else plural(had, "server")
    if has * 2 <= had:
        why = f"{left}, no majority: what runs stays as it is, nothing is moved or mended"
        return Standing(what, State.STOPS, why)
    spare = (has * 2 - had - 1) // 2
    may = f"{spare} more may fail" if spare else "none more may fail"
    nodes, all_nodes = len(situation.together(cluster)), len(situation.had(cluster))
    if nodes < all_nodes:
        return Standing(what, State.WEAKER, f"{left}, {nodes} of {all_nodes} nodes; {may}")
    return Standing(what, State.GOES_ON, f"{left}, {may.replace('more ', '')}")


def _majority(situation: Situation, cluster: Cluster) -> bool:
    has = len(servers(situation.together(cluster)))
    return has * 2 > situation.had_servers(cluster)


def _data(situation: Situation, cluster: Cluster, placement: Placement) -> Iterator[Standing]:
    data = situation.was.data
    workers, stuck = situation.has(cluster), not _majority(situation, cluster)
    lost = len(situation.had(cluster)) - len(workers)
    if data.postgres:
        copies, placed = data.postgres.instances, placement.count(POSTGRES)
        yield _postgres(copies, placed, lost, stuck=stuck)
    if data.cache:
        if not placement.count(CACHE):
            room = f"no machine has {show_bytes(data.cache.memory)} free"
            why = room if workers else "no machine of the cluster is left"
            yield Standing(CACHE, State.STOPS, why)
        elif stuck:
            yield Standing(CACHE, State.MAY_STOP, "it starts nowhere else without a majority")
        elif lost:
            yield Standing(CACHE, State.WEAKER, "it may start again elsewhere, empty")
        else:
            yield Standing(CACHE, State.GOES_ON, "")
    if data.objects:
        yield _objects(lost, len(workers))


def _postgres(copies: int, placed: int, lost: int, *, stuck: bool) -> Standing:
    said = "1 copy" if copies == 1 else f"{copies} copies"
    if not placed:
        return Standing(POSTGRES, State.STOPS, f"no machine has room for {said}")
    if lost >= copies:
        why = "its only copy may have been there" if copies == 1 else f"all {said} may be gone"
        return Standing(POSTGRES, State.MAY_STOP, why)
    if stuck:
        why = "no other copy takes over without a majority of servers"
        return Standing(POSTGRES, State.MAY_STOP, why)
    if placed < copies:
        return Standing(POSTGRES, State.WEAKER, f"{placed} of {said} have a place")
    made = "; one that is gone is made again elsewhere" if lost else ""
    return Standing(POSTGRES, State.GOES_ON, f"{said}{made}")


def _objects(lost: int, workers: int) -> Standing:
    if not workers:
        return Standing("S3", State.STOPS, "no machine of the cluster is left")
    if lost:
        return Standing("S3", State.MAY_STOP, "kept once, perhaps there: restore from the backup")
    return Standing("S3", State.GOES_ON, "")


def _model(situation: Situation, name: str) -> Standing:
    had, has = model(situation.before, name), model(situation, name)
    if has is None:
        return Standing(f"model {name}", State.STOPS, "nothing answers")
    worse = had is not None and has.number > had.number
    return Standing(f"model {name}", State.WEAKER if worse else State.GOES_ON, has.who)


def _application(situation: Situation, application: Application) -> Iterator[Standing]:
    named = application.cluster
    clusters = [c for c in situation.clusters if named in {"", c.name}]
    if not clusters:
        return
    what = f"application {application.name}"
    nodes, had = situation.has(clusters[0]), situation.had(clusters[0])
    able = [n for n in nodes if not application.arch or not n.arch or n.arch in application.arch]
    if not able:
        kind = f" with {' or '.join(application.arch)}" if application.arch else ""
        yield Standing(what, State.STOPS, f"no machine{kind} is left to run it")
    elif not _majority(situation, clusters[0]):
        why = "where it runs it goes on; it starts nowhere else"
        yield Standing(what, State.MAY_STOP, why)
    elif len(nodes) < len(had):
        yield Standing(what, State.GOES_ON, "it starts again elsewhere, if it was there")
    else:
        yield Standing(what, State.GOES_ON, "")


def _backups(situation: Situation) -> Iterator[Standing]:
    rack: Rack = situation.was
    if rack.backups is None:
        return
    to, what = rack.backups.to, "backups"
    if to.scheme == "ssh" and node_named(rack, to.host):
        node = node_named(situation.rack, to.host)
        if node is None or not situation.answers(node):
            yield Standing(what, State.STOPS, f"{to.host}, where they go, is not reached")
            return
    elif to.scheme != "file" and not situation.routed:
        yield Standing(what, State.STOPS, f"{to.host} is not reached without the Internet")
        return
    yield Standing(what, State.GOES_ON, f"to {to}")
