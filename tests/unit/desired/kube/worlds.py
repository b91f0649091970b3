"""Applications by hypothesis, as they may be on a cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from rackhouse.app.model import App, HttpCheck, Kind
from unit.desired.applications import applications

_CALM = [HealthCheck.too_slow]
few = settings(suppress_health_check=_CALM, max_examples=6)


def many(test):
    """The same law over many more worlds, in the slow suite."""
    return pytest.mark.slow(settings(suppress_health_check=_CALM, max_examples=150)(test))


def _on_a_cluster(app: App, replicas: tuple[int, int], internet: bool) -> App:
    """Containers of one pod cannot listen at one port; one copy alone writes a volume."""
    first, *others = app.containers
    others = [replace(it, check=None) if isinstance(it.check, HttpCheck) else it for it in others]
    alone = any(need.type == "volume" for need in app.needs)
    return replace(
        app,
        containers=(first, *others),
        replicas=(1, 1) if alone or app.kind is Kind.SCHEDULE else replicas,
        internet=internet,
    )


# Bytes, and thousandths of a core: said or left out, and never more asked for than may be used.
_SIZES = st.fixed_dictionaries(
    {},
    optional={
        "memory": st.integers(1, 2**28),
        "memory_max": st.integers(2**28, 2**33),
        "cpu": st.integers(1, 100),
        "cpu_max": st.integers(100, 8000),
    },
)


@st.composite
def worlds(draw: st.DrawFn) -> list[App]:
    """Up to four applications."""
    found = []
    for app in draw(applications()):
        low = draw(st.integers(1, 3))
        replicas = (low, draw(st.integers(low, 5)))
        sized = tuple(replace(it, **draw(_SIZES)) for it in app.containers)
        app_there = _on_a_cluster(replace(app, containers=sized), replicas, draw(st.booleans()))
        found.append(app_there)
    return found
