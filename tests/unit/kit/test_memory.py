"""What is held for good is settled once it is built."""

from __future__ import annotations

import gc

from rackhouse.kit.memory import settle


def test_what_is_held_is_not_looked_at_again_and_garbage_is_gone_before() -> None:
    class Cycle:
        gone = False

        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            Cycle.gone = True

    Cycle()
    try:
        settle()
        assert Cycle.gone
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
