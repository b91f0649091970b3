"""Data that stays when nobody asks for it any more, and what has to stay around it."""

from __future__ import annotations

import json

from rackhouse.desired.clusters import clusters, sides
from rackhouse.desired.kube.edges import Edges, Pod
from rackhouse.desired.kube.platform import POSTGRES
from rackhouse.plan.planner import plan
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.kube import Object
from rackhouse.resources.seen import Observed
from unit.desired.scenario import released
from unit.plan.made import all_made

RACK = load("clusters: {lab: {}}\napplications: {hello: {repository: hello, cluster: lab}}\n")
APP = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {work: {image: "docker.io/library/it:1", command: [run],
  variables: {D: "${resources.db.url}"}}}
resources: {db: {type: postgres}}
"""


def test_a_database_that_stays_is_closed_to_everybody() -> None:
    before = clusters(RACK, sides(RACK, [released(APP)], ["lab"]), ()).resources
    seen = all_made(before)
    without = clusters(RACK, sides(RACK, [], ["lab"]), ()).resources
    removed = plan(without, Observed(seen=seen)).removals
    left = before.keys() - removed
    assert Id("kube.lab", "Cluster", "data.postgres") in left
    specs = [before[id].spec for id in left]
    edges = Edges(json.loads(str(it.body)) for it in specs if isinstance(it, Object))
    server, stranger = Pod("data", dict(POSTGRES.labels)), Pod("other", {})
    assert not edges.open(stranger, server, POSTGRES.port)
    assert not edges.open(Pod("hello", {}), server, POSTGRES.port)
