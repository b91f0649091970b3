"""The field-by-field difference of a plan, and that it, the journal and the store hold no value."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from rackhouse.apply.changes import changes
from rackhouse.store.memory import MemoryStore
from rackhouse.store.sqlite import SqliteStore
from rackhouse.targets.memory import MemoryWorld
from unit.apply.worlds import Want, apply_to, id_of, plan_for, thing, want, wants

SECRET, WEB, FOLDER = map(id_of, ("vault/secret/gb", "machine/process/gb", "machine/folder/gb"))
OLD = want(thing(str(SECRET), keep=True), thing(str(WEB), refs=[str(SECRET)]), thing(str(FOLDER)))
NEW = {**OLD, WEB: thing(str(WEB), version="2")}


def test_a_changed_file_is_shown_by_its_fields(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, OLD, tmp_path, store=store)
    found = changes(plan_for(world, NEW, store=store), NEW, store)
    assert {id: list(map(str, each or ())) for id, each in found.items()} == {
        WEB: [
            'text: ${vault/secret/gb.value} -> ""',
            "version: 1 -> 2",
            "needs: - vault/secret/gb",
        ]
    }


def test_what_changed_for_another_reason_has_no_fields(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, OLD, tmp_path, store=store)
    world.by_hand(FOLDER)
    world.rotate(SECRET)
    steps = plan_for(world, OLD, store=store)
    assert {step.id for step in steps.steps} == {FOLDER, WEB}
    assert changes(steps, OLD, store) == {}


def test_with_another_store_what_it_was_is_not_known(tmp_path: Path) -> None:
    world = MemoryWorld()
    apply_to(world, OLD, tmp_path)
    assert changes(plan_for(world, NEW), NEW, MemoryStore()) == {WEB: None}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=wants(), after=wants())
def test_no_value_is_in_any_text_that_people_read(
    before: Want, after: Want, tmp_path: Path
) -> None:
    """The world in memory marks each value that it hands out with `<... of ...>`."""
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, before, tmp_path, store=store)
    steps = plan_for(world, after, store=store)
    shown = [str(steps), str(changes(steps, after, store))]
    shown += [store.text_of(each.digest) or "" for each in before.values()]
    shown += [str(row) for row in store.journal()]
    shown += [thing.stamp.to_json() for thing in world.things.values() if thing.stamp]
    assert not [text for text in shown if re.search(r"<value of", text)]
    refs = any(each.refs for each in before.values())
    assert refs == any("<value of" in thing.body for thing in world.things.values())


def test_nor_in_the_file_of_the_store(tmp_path: Path) -> None:
    world, store = MemoryWorld(), SqliteStore(tmp_path / "store.db")
    apply_to(world, OLD, tmp_path, store=store)
    apply_to(world, NEW, tmp_path, store=store)
    assert store.text_of(OLD[WEB].digest) == OLD[WEB].text
    store.close()
    files = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
    assert b"vault/secret/gb" in files
    assert b"<value of" not in files
