"""A rule table that is there before ours: taken over where it says the same, else refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from integration.host.machines import host, make, rootfs, take, want
from rackhouse.kit.errors import NotOurs
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.host import File, Ruleset
from rackhouse.targets.host import Host

pytestmark = pytest.mark.slow
RULES = """\
table inet rackhouse_reach {
	chain input {
		type filter hook input priority filter; policy accept;
		iifname "vlan20" tcp dport { 22, 80 } accept
	}
}
"""


@pytest.fixture
async def debian(tmp_path: Path) -> AsyncIterator[Host]:
    target = host(tmp_path, rootfs())
    yield target
    await target.close()


def ruleset(rules: str = RULES) -> Resource[Ruleset]:
    return want("ruleset", "reach", Ruleset("rackhouse_reach", Text.of(rules)))


async def load(debian: Host) -> None:
    """As somebody else would: by a file's check, which may run anything."""
    loads = ("nft", "-f", "{}")
    await make(debian, want("file", "theirs", File("/tmp/rules", Text.of(RULES), check=loads)))


async def test_the_same_is_taken_over_and_stays(debian: Host) -> None:
    await load(debian)
    seen = await make(debian, ruleset())
    assert seen.ready
    more = await make(debian, ruleset(RULES.replace("80", "81")))
    assert more.found != seen.found
    await take(debian, more)
    with pytest.raises(NotOurs, match="did not load it"):  # it is there still
        await make(debian, ruleset(RULES.replace("80", "82")))


async def test_another_is_refused_and_left(debian: Host) -> None:
    await load(debian)
    with pytest.raises(NotOurs, match="did not load it"):
        await make(debian, ruleset(RULES.replace("80", "443")))
    assert (await make(debian, ruleset())).ready
