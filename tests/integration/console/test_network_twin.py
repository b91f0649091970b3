"""The page of the network over a real twin: real packets, a cable that is pulled, a twin gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.twin.conftest import RACK, home, root
from rackhouse.console.house import RackFile
from rackhouse.console.network.chart import chart
from rackhouse.console.network.measured import measured, read, stands
from rackhouse.kit.paths import Paths
from rackhouse.twin.faults import cut
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down
from rackhouse.twin.state import load
from rackhouse.twin.survey import survey
from unit.console.desk import bench

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
__all__ = ["home", "root"]  # fixtures of this module too


async def test_what_packets_find_is_on_the_page_until_the_twin_is_gone(home: Home) -> None:
    state, paths = load(home), Paths(home.root)
    with bench(home.root, RACK) as console:
        console.file = RackFile(rack=RACK)
        client = await console.signed_in()
        assert "Not tried with packets" in (await client.get("/network")).text
        assert stands(paths)

        await survey(home, state, RACK)
        page = (await client.get("/network")).text
        assert "packets find what the rack file says" in page
        assert "real 802.1Q" in page
        assert "not up any more" not in page

        cut(home, state, "forge")
        await survey(home, state, RACK)
        page = (await client.get("/network")).text
        assert "forge has no cable" in page
        matrix, _ = read(paths)
        assert matrix
        found = measured(chart(RACK), matrix, stands=True)
        assert found.wrong
        assert all("forge" in (cell.source, cell.target) for cell in found.wrong)

        stale = replace(RACK, network=replace(RACK.network, reach=RACK.network.reach[:1]))
        console.file = RackFile(rack=stale)
        assert "The rack file has changed since" in (await client.get("/network")).text

        down(home)
        assert "Not tried with packets" in (await client.get("/network")).text
