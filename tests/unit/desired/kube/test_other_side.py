"""Applications that speak to each other are on one side: this machine, or one cluster."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rackhouse.app.model import App
from rackhouse.desired.clusters import Sides, sides
from rackhouse.desired.kube import kube
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from unit.delivery.onrack.place import image, released

FILE = """
apiVersion: score.dev/v1b1
metadata: {name: NAME}
containers: {web: {image: ., command: [serve]}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources: NEEDS
"""


def app(name: str, *speaks_to: str) -> App:
    needs = ", ".join(f"{it}: {{type: service}}" for it in speaks_to)
    text = FILE.replace("NAME", name).replace("NEEDS", f"{{{needs}}}")
    return released(text, 1, of=image(1))


def rack_with(clusters: Mapping[str, str]) -> Rack:
    """On which cluster each application is said to be; "" for this machine."""
    lines = [f"  {name}: {{folder: {name}, cluster: {it}}}" for name, it in clusters.items()]
    said = "\n".join(lines).replace(", cluster: }", "}")
    return load(f"clusters: {{lab: {{}}, edge: {{}}}}\napplications:\n{said}\n")


def sorted_by(**clusters: str) -> Sides:
    """`front` speaks to `middle`, and that to `back`; on which cluster each is said to be."""
    rack = rack_with(clusters)
    apps = [app("front", "middle"), app("middle", "back"), app("back")]
    return sides(rack, apps, ["lab", "edge"])


def test_all_of_them_go_over() -> None:
    found = sorted_by(front="lab", middle="lab", back="lab")
    assert (found.away.keys(), found.left_out) == ({"front", "middle", "back"}, ())


@pytest.mark.parametrize("back", [{}, {"back": "edge"}])
def test_who_speaks_to_another_side_stays_and_so_does_who_speaks_to_that(
    back: dict[str, str],
) -> None:
    found = sorted_by(front="lab", middle="lab", **back)
    assert found.away == back
    assert [it.why for it in found.left_out] == [
        "it speaks to back, which is not there",
        "it speaks to middle, which is not there",
    ]
    assert found.left_out[0].fix == "give back `cluster: lab` as well, or take it from middle"


@pytest.mark.parametrize(
    ("clusters", "what"),
    [
        (("edge", "lab"), "middle is on the cluster lab, and front on the cluster edge"),
        (("edge", ""), "middle is on this machine, and front on the cluster edge"),
        (("edge", "edge"), "middle has not been released yet"),
    ],
)
def test_where_it_is_worked_out_all_the_same_it_is_said_where_the_other_is(
    clusters: tuple[str, str], what: str
) -> None:
    rack = rack_with(dict(zip(("front", "middle"), clusters, strict=True)))
    with pytest.raises(FileError) as error:
        kube(rack, [app("front", "middle")], (), "edge")
    assert what in str(error.value)
