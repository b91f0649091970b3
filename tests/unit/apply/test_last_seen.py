"""What is remembered of places for when they cannot be looked at."""

from __future__ import annotations

from rackhouse.apply.last_seen import forget, recall, remember
from rackhouse.resources.core import Id
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.memory import MemoryStore
from unit.apply.worlds import id_of

SERVER, SECRET = id_of("machine/process/postgres"), id_of("vault/secret/gb")
GB, OTHER = id_of("postgres/database/gb"), id_of("cache/user/gb")


def _seen(id: Id, *before: Id, claims: frozenset[str] = frozenset()) -> Seen:
    stamp = Stamp(rack="test", digest="d", before=frozenset(before), claims=claims, found="f")
    return Seen(id=id, stamp=stamp, found="f")


def test_a_rack_that_was_never_looked_at_remembers_nothing() -> None:
    assert recall(MemoryStore(), except_for=()) == (frozenset(), {})


def test_uses_and_claims_of_places_that_are_out_of_sight() -> None:
    store = MemoryStore()
    remember(store, "postgres", [_seen(GB, SERVER, SECRET, claims=frozenset({"volume:gb"}))])
    remember(store, "cache", [_seen(OTHER, SECRET)])
    assert recall(store, except_for=()) == ({SERVER, SECRET}, {"volume:gb": GB})
    assert recall(store, except_for={"postgres"}) == ({SECRET}, {})
    assert recall(store, except_for={"postgres", "cache"}) == (frozenset(), {})


def test_what_is_no_longer_there_is_forgotten() -> None:
    store = MemoryStore()
    remember(store, "postgres", [_seen(GB, SERVER)])
    remember(store, "postgres", [])
    assert recall(store, except_for=()) == (frozenset(), {})


def test_a_machine_that_is_forgotten_holds_nothing() -> None:
    store = MemoryStore()
    for place in ("host.pi-1", "docker.pi-1", "host.pi-10"):
        remember(store, place, [_seen(id_of(f"{place}/unit/it"), id_of(f"{place}/file/it"))])
    forget(store, "pi-1")
    assert recall(store, except_for=()) == ({id_of("host.pi-10/file/it")}, {})


def test_a_writing_that_has_not_ended_may_still_be_the_old_one() -> None:
    store = MemoryStore()
    stamp = Stamp(
        rack="test",
        digest="d",
        before=frozenset({SECRET}),
        was_before=frozenset({SERVER}),
        was_claims=frozenset({"volume:gb"}),
    )
    remember(store, "postgres", [Seen(id=GB, stamp=stamp, found="f")])
    assert recall(store, except_for=()) == ({SERVER, SECRET}, {"volume:gb": GB})


def test_strangers_hold_nothing() -> None:
    store = MemoryStore()
    remember(store, "postgres", [Seen(id=GB, stamp=None, found="f")])
    assert recall(store, except_for=()) == (frozenset(), {})


def test_it_is_written_only_when_it_changed() -> None:
    written: list[str] = []

    class Counting(MemoryStore):
        def put_setting(self, name: str, value: str) -> None:
            written.append(value)
            super().put_setting(name, value)

    store = Counting()
    for _ in range(3):
        remember(store, "postgres", [_seen(GB, SERVER)])
    assert len(written) == 1
