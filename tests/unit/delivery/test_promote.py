"""Promoting: what one application serves, as another, with the other's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.app.codec import decode, encode
from rackhouse.apply.moved import note
from rackhouse.apply.outcome import Silent
from rackhouse.delivery.deploy import Deployed
from rackhouse.delivery.env import change_env
from rackhouse.delivery.previews import previewed
from rackhouse.delivery.promote import promote
from rackhouse.kit.errors import Missing, NotReady, Refused, UsageError
from rackhouse.rack.load import load
from rackhouse.store.forge import PreviewRow
from rackhouse.store.protocol import ReleaseStatus as S
from rackhouse.store.sqlite_forge import SqliteForge
from unit.delivery.house import NOW, SCORE, House, house, write

MIGRATING = SCORE.replace(
    "metadata: {name: hello}",
    "metadata:\n  name: hello\n  annotations: {rackhouse.dev/before: migrate,"
    " rackhouse.dev/preview-seed: seed}",
).replace("params: {port: 80}", "params: {host: shop.rack.localhost, port: 80}")


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[SqliteForge]:
    forge = SqliteForge(tmp_path / "forge.db")
    forge.put_preview(
        PreviewRow(
            application="try--hello",
            repository="hello",
            ref="refs/heads/try",
            parent="hello",
            made=1.0,
            expires=2.0,
        )
    )
    yield forge
    forge.close()


@pytest.fixture
async def rack(tmp_path: Path) -> House:
    """`hello` serves one; its preview serves two."""
    rack = house(tmp_path)
    await rack.deploy(write(tmp_path / "app", "one", MIGRATING))
    await rack.deploy(
        write(tmp_path / "app", "two", MIGRATING),
        name="try--hello",
        commit="c0ffee",
        adjust=lambda app: previewed(app, first=True),
    )
    return rack


async def go(rack: House, forge: SqliteForge, source: str, target: str | None = None) -> Deployed:
    return await promote(rack.again(), forge, source, target, by="ada", observer=Silent(), now=NOW)


async def test_a_preview_goes_live_with_its_very_files(rack: House, forge: SqliteForge) -> None:
    assert str(await go(rack, forge, "try--hello")) == "hello r2 is live"
    assert (rack.paths.releases / "hello/r2/main.py").read_text() == "two"
    old, new = rack.store.releases("hello")
    assert (old.status, new.status) == (S.OLD, S.LIVE)
    assert new.by == "promote try--hello r1 by ada"
    went, came = (rack.again().apps[name].release for name in ("hello", "try--hello"))
    assert went
    assert came
    assert went == replace(came, number=2, snapshot="releases/hello/r2")
    (noted,) = forge.audit(thing="application/hello")
    assert (noted.who, noted.what, noted.detail) == ("ada", "promoted", "try--hello r1 as r2")
    await rack.up()


async def test_what_is_the_targets_own_stays_so(rack: House, forge: SqliteForge) -> None:
    """Its variables, not the preview's; its host name; its migrations, without the preview's seed;
    its database.
    """
    for name, colour in (("hello", "red"), ("try--hello", "green")):
        changes = {"COLOUR": colour}
        await change_env(rack.again(), name, changes, observer=Silent(), now=NOW)
    database = rack.environment("hello.web@r2")["DB"]
    await go(rack, forge, "try--hello")
    app = rack.again().apps["hello"]
    assert rack.environment("hello.web@r3")["COLOUR"] == "red"
    assert rack.environment("hello.web@r3")["DB"] == database
    assert app.before == ("migrate",)
    assert ("host", "shop.rack.localhost") in app.needs[1].params


async def test_what_is_live_already_is_not_released_again(rack: House, forge: SqliteForge) -> None:
    await go(rack, forge, "try--hello")
    assert await go(rack, forge, "try--hello") == Deployed(
        application="hello", release=2, changed=False
    )
    assert len(rack.store.releases("hello")) == 2


async def test_the_old_one_serves_on_where_it_fails(rack: House, forge: SqliteForge) -> None:
    rack.breaks("machine/process/hello.web@r2")
    with pytest.raises(NotReady):
        await go(rack, forge, "try--hello")
    assert rack.statuses() == {1: S.LIVE, 2: S.FAILED}
    assert rack.names("process") == ["hello.web@r1", "try--hello.web@r1"]
    assert not forge.audit(thing="application/hello")


async def test_to_another_that_may_be_new(rack: House, forge: SqliteForge, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "Procfile").write_text("web: python main.py\n")
    (plain / "main.py").write_text("")
    await rack.deploy(plain, name="staging")
    assert str(await go(rack, forge, "staging", "production")) == "production r1 is live"
    assert (rack.paths.releases / "production/r1/Procfile").is_file()


async def test_what_cannot_be_promoted(rack: House, forge: SqliteForge) -> None:
    with pytest.raises(Missing, match="Did you mean 'try--hello'"):
        await go(rack, forge, "try--helo")
    with pytest.raises(UsageError, match="hello is not a preview"):
        await go(rack, forge, "hello")
    for target in ("hello", "No Name"):
        with pytest.raises(UsageError, match="cannot be promoted"):
            await go(rack, forge, "hello", target)
    held = replace(rack, rack=load("rack: x\napplications: {hello: {folder: ./app}}\n"))
    with pytest.raises(Refused, match="comes from"):
        await go(held, forge, "try--hello")
    assert rack.statuses() == {1: S.LIVE}


async def test_what_a_registry_has_of_one_is_no_other_s_to_run(
    rack: House, forge: SqliteForge
) -> None:
    row = rack.store.releases("try--hello")[0]
    app = decode(row.app)
    assert app.release
    built = replace(app.release, image=f"git.rack.localhost/home/other@sha256:{'0' * 64}")
    rack.store.drop_release("try--hello", row.number)
    rack.store.add_release(replace(row, app=encode(replace(app, release=built))))
    with pytest.raises(Refused, match="hello runs git") as refused:
        await go(rack, forge, "try--hello")
    assert "push that commit to the repository of hello" in refused.value.fix


async def test_a_preview_on_a_cluster_is_made_live_by_its_branch(
    rack: House, forge: SqliteForge
) -> None:
    note(rack.store, {"hello": "lab"})
    with pytest.raises(Refused, match="fix--hello is a preview on the cluster lab") as refused:
        await go(rack, forge, "fix--hello")
    assert "merge its branch" in refused.value.fix
