"""What is drawn of a view, in both layouts: which applications, which parts on which side."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.kit.text import format_bytes, plural
from rackhouse.operations.view import SETTLED, AppView, PartView, RackView

MOST = 12  # applications in a picture; those in trouble come first
_FRONT = ("ingress", "console", "forge")


@dataclass(frozen=True, slots=True)
class Scene:
    """`front`: the way in. `back`: what applications use. `hidden`: applications left out."""

    front: tuple[PartView, ...]
    applications: tuple[AppView, ...]
    back: tuple[PartView, ...]
    hidden: int
    routed: frozenset[str]  # applications that the ingress leads to
    caption: str

    def uses(self, app: AppView) -> list[int]:
        """The places in `back` of the parts that an application uses."""
        used = {need.part for need in app.needs}
        return [index for index, part in enumerate(self.back) if part.name in used]


def scene_of(view: RackView) -> Scene:
    """What to draw."""
    worst_first = sorted(view.applications, key=lambda app: app.phase in SETTLED)
    shown = worst_first if len(worst_first) <= MOST else worst_first[: MOST - 1]
    front = {part.name: part for part in view.parts if part.name in _FRONT}
    return Scene(
        front=tuple(front[name] for name in _FRONT if name in front),
        applications=tuple(sorted(shown, key=lambda app: app.name)),
        back=tuple(part for part in view.parts if part.name not in _FRONT),
        hidden=len(worst_first) - len(shown),
        routed=frozenset(route.application for route in view.routes),
        caption=_caption(view),
    )


def _caption(view: RackView) -> str:
    if not view.supervisor:
        return "nothing is kept running: the supervisor does not live"
    count = sum(unit.pid > 0 for unit in view.units)
    return f"{plural(count, 'unit')} kept running \u00b7 {format_bytes(view.memory)}"
