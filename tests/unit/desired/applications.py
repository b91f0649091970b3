"""Applications by hypothesis: any mix of what an application file can ask for."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from rackhouse.app.model import (
    App,
    Container,
    HttpCheck,
    Kind,
    Mount,
    Need,
    Placeholder,
    ResourceType,
    ServicePort,
    Template,
)
from rackhouse.app.types import OFFERS
from unit.desired.scenario import release

T = ResourceType
_IN_COMMAND = {T.VOLUME, T.ROUTE, T.DNS, T.SERVICE}  # whose outputs are no secrets
_OTHERS = {T.LLM, T.MODELS, T.RETRIEVAL, T.TENANTS, T.SECRET, T.SERVICE}  # which need more
_TYPES = st.sampled_from([t for t in T if t not in _OTHERS])
_PORTS = (
    ServicePort(name="web", port=80, target=8080),
    ServicePort(name="admin", port=81, target=9),
)


def hole(need: Need, output: str) -> Template:
    return Template(("=", Placeholder(("resources", need.name, output)), ";"))


@st.composite
def needs(draw: st.DrawFn, app: str, others: list[str], *, routes: bool) -> tuple[Need, ...]:
    made = []
    for n, type_ in enumerate(draw(st.lists(_TYPES, max_size=5))):
        name = f"{type_}-{n}"
        if type_ is T.ROUTE:
            if not routes:
                continue
            params = (("path", f"/{n}" if n else "/"), ("port", draw(st.sampled_from([80, 81]))))
            made.append(Need(name=name, type=type_, params=params))
        elif type_ is T.VOLUME:
            made.append(Need(name=name, type=type_, params=(("shared", draw(st.booleans())),)))
        else:
            id = draw(st.sampled_from(["", "", "common"]))
            made.append(Need(name=name, type=type_, id="" if type_ is T.DNS else id))
    if others and draw(st.booleans()):
        made.append(Need(name=draw(st.sampled_from(others)), type=T.SERVICE))
    return tuple(made)


@st.composite
def containers(draw: st.DrawFn, wanted: tuple[Need, ...]) -> tuple[Container, ...]:
    made = []
    free = [need for need in wanted if need.type is not T.VOLUME]
    for n in range(draw(st.integers(1, 3))):
        mine = draw(st.lists(st.sampled_from(free), max_size=4)) if free else []
        if n == 0:  # volumes that are not shared are written by one
            mine += [need for need in wanted if need.type is T.VOLUME]
        variables = {
            f"V{i}": hole(need, draw(st.sampled_from(OFFERS[need.type].outputs)))
            for i, need in enumerate(mine)
        }
        words = [
            hole(need, OFFERS[need.type].outputs[0]) for need in mine if need.type in _IN_COMMAND
        ]
        check = draw(st.sampled_from([None, HttpCheck(path="/", port=8080), (Template(("ok",)),)]))
        made.append(
            Container(
                name=f"c{n}",
                image=".",
                command=(Template(("run",)), *words),
                variables=tuple(variables.items()),
                check=check,
                mounts=(Mount(target="run", content=Template(("x",))),)
                if draw(st.booleans())
                else (),
                after=((("c0", draw(st.sampled_from(["complete", "healthy"]))),) if n else ()),
            )
        )
    return tuple(made)


@st.composite
def application(draw: st.DrawFn, name: str, others: list[str]) -> App:
    kind = draw(st.sampled_from([Kind.WEB, Kind.WEB, Kind.WORKER, Kind.STATIC, Kind.SCHEDULE]))
    web = kind in {Kind.WEB, Kind.STATIC}
    wanted = draw(needs(name, others, routes=web))
    made = (
        draw(containers(wanted)) if kind is not Kind.STATIC else (Container(name="web", image="."),)
    )
    app = App(
        name=name,
        kind=kind,
        containers=made,
        ports=_PORTS if web else (),
        needs=wanted,
        schedule="0 3 * * *" if kind is Kind.SCHEDULE else "",
        before=("migrate",) if draw(st.booleans()) and kind is not Kind.STATIC else (),
        access=draw(st.sampled_from(["open", "signed-in"])),
        exposure=draw(st.sampled_from(["", "loopback", "lan"])),
        public=True,
    )
    number = draw(st.integers(1, 9))
    kept = sorted(draw(st.sets(st.integers(1, 9).filter(lambda n: n != number), max_size=3)))
    packages = draw(st.sampled_from(["", "aa", "bb"]))
    return release(app, number, kept=kept, packages=packages)


@st.composite
def applications(draw: st.DrawFn) -> list[App]:
    """Up to four, which may need those with ports that come before them."""
    made: list[App] = []
    for name in ("alpha", "beta", "a-b", "gamma")[: draw(st.integers(0, 4))]:
        callable_ = [app.name for app in made if app.ports]
        made.append(draw(application(name, callable_)))
    return draw(st.permutations(made))


def next_release(app: App) -> App:
    """The same application, released again; what runs now can be gone back to."""
    assert app.release is not None
    made = release(app, app.release.number + 10, packages=app.release.packages)
    return replace(made, kept=(*app.kept, app.release))
