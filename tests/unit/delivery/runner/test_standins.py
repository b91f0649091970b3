"""Our own actions: each that is offered is there, and each that is there is offered."""

from __future__ import annotations

from rackhouse.delivery.runner.standins import ACTIONS, CHECKOUT, STANDINS, is_ours
from rackhouse.workflows import offers


def test_what_is_offered_is_there() -> None:
    assert {name for name in offers.ACTIONS if not is_ours(f"{name}@v4")} == {CHECKOUT}
    offered = {"/".join(name.split("/")[:2]) for name in offers.ACTIONS}
    assert offered == {*STANDINS, CHECKOUT}
    for name in offers.ACTIONS:
        if name != CHECKOUT:
            owner, _, rest = name.partition("/")
            folder = ACTIONS / (rest if owner == "actions" else rest.partition("/")[0])
            assert (folder / "action.yml").is_file(), name
