"""The rack file's folders: deployed when they change, taken down when they are no longer named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.apply.outcome import Silent
from rackhouse.delivery import services
from rackhouse.delivery.live import Arrived
from rackhouse.delivery.sync import judge, sync
from rackhouse.kit.errors import FileError, Missing, NotReady
from rackhouse.rack.load import load
from rackhouse.store.protocol import ReleaseStatus as S
from unit.delivery.house import NOW, SCORE, House, house, write


@pytest.fixture
def rack(tmp_path: Path) -> House:
    write(tmp_path / "one")
    write(tmp_path / "two")
    return named(house(tmp_path, file=tmp_path / "rack.yaml"), "one", "two")


def named(rack: House, *folders: str) -> House:
    lines = [f"  {name}: {{folder: ./{name}}}\n" for name in folders]
    text = "applications:\n" + "".join(lines) if lines else ""
    return replace(rack, rack=load(text))


async def up(rack: House) -> Arrived:
    return await sync(rack.again(), observer=Silent(), now=NOW)


async def test_all_that_are_named_go_live_by_their_names_there(rack: House) -> None:
    arrived = await up(rack)
    assert list(arrived.live) == ["one", "two"]
    assert rack.names("process") == ["one.web@r1", "two.web@r1"]
    await rack.up()


async def test_only_those_that_changed_are_deployed(rack: House, tmp_path: Path) -> None:
    await up(rack)
    write(tmp_path / "two", "changed")
    assert list((await up(rack)).live) == ["two"]
    assert rack.names("process") == ["one.web@r1", "two.web@r2"]
    rack.things.log.clear()
    assert (await up(rack)).live == {}
    assert rack.things.log == []


async def test_those_that_have_expired_leave_and_do_not_come_back(
    rack: House, tmp_path: Path
) -> None:
    await up(rack)
    over = SCORE.replace(
        "name: hello", 'name: hello, annotations: {rackhouse.dev/expires: "2001-01-01"}'
    )
    write(tmp_path / "one", score=over)
    for _ in range(2):
        assert (await up(rack)).live == {}
        assert rack.names("process") == ["two.web@r1"]
    assert rack.names("database") == ["one_db", "two_db"]


async def test_those_no_longer_named_leave_and_keep_their_data(rack: House) -> None:
    await up(rack)
    await up(named(rack, "two"))
    assert rack.names("process") == ["two.web@r1"]
    assert rack.names("database") == ["one_db", "two_db"]
    await up(named(rack))
    assert rack.names("process") == []


async def test_what_was_deployed_by_hand_stays(rack: House, tmp_path: Path) -> None:
    await rack.deploy(write(tmp_path / "mine"), name="mine")
    await up(rack)
    await up(named(rack))
    assert rack.names("process") == ["mine.web@r1"]


async def test_one_that_fails_holds_back_no_other(rack: House, tmp_path: Path) -> None:
    await up(rack)
    for name in ("one", "two"):
        write(tmp_path / name, "changed")
    rack.breaks("machine/process/two.web@r2")
    with pytest.raises(NotReady):
        await up(rack)
    assert rack.names("process") == ["one.web@r2", "two.web@r1"]
    assert rack.statuses("two") == {1: S.LIVE, 2: S.FAILED}
    rack.things.faults.clear()
    await up(rack)
    assert rack.names("process") == ["one.web@r2", "two.web@r3"]


async def test_every_problem_of_every_file_is_said_before_anything_is_changed(
    rack: House, tmp_path: Path
) -> None:
    write(tmp_path / "one", score=SCORE.replace("postgres", "mysql"))
    write(tmp_path / "two", score=SCORE.replace("image", "imgae"))
    with pytest.raises(FileError) as raised:
        await up(rack)
    assert "one/score.yaml resources.db.type" in str(raised.value)
    assert "two/score.yaml containers.web" in str(raised.value)
    assert (rack.things.things, rack.store.applications()) == ({}, [])


async def test_a_folder_that_is_not_there_is_named(rack: House) -> None:
    with pytest.raises(Missing, match=r"\./three"):
        await up(named(rack, "three"))


async def test_a_folder_that_is_not_there_hides_no_other_problem(
    rack: House, tmp_path: Path
) -> None:
    write(tmp_path / "one", score=SCORE.replace("postgres", "mysql"))
    with pytest.raises(FileError) as raised:
        await up(named(rack, "gone", "one", "lost"))
    said = str(raised.value)
    assert "one/score.yaml resources.db.type" in said
    assert said.index("no folder ./gone") < said.index("no folder ./lost")
    assert "mend `folder:` of gone" in said


async def test_a_home_that_nobody_has_is_a_folder_that_is_not_there(tmp_path: Path) -> None:
    rack = house(tmp_path, file=tmp_path / "rack.yaml")
    lost = replace(rack, rack=load("applications: {tea: {folder: ~nosuchuser/tea}}\n"))
    with pytest.raises(Missing, match="there is no folder ~nosuchuser/tea"):
        await up(lost)


ASKS = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {work: {image: ., command: [work], variables: {KEY: "${resources.mind.key}"}}}
resources: {mind: {type: llm}}
"""
MODELS = "models: {embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}}\napplications:\n"
GATEWAY = "  gateway: {service: gateway}\n"


async def test_a_service_comes_and_leaves_as_what_is_in_a_folder(
    rack: House, tmp_path: Path
) -> None:
    write(tmp_path / "asks", score=ASKS)
    asks = "  asks: {folder: ./asks}\n"
    with_both = replace(rack, rack=load(MODELS + GATEWAY + asks))
    await up(with_both)
    assert rack.names("process") == ["asks.work@r1", "gateway.web@r1"]
    assert "gateway.models" in rack.names("file")
    assert (await up(with_both)).live == {}

    alone = replace(rack, rack=load(MODELS + asks))
    with pytest.raises(FileError, match="llm-without-gateway"):
        judge(alone.again())
    alone.again().wanted()  # until `up` it is what it was
    neither = replace(rack, rack=load(MODELS.replace("applications:", "")))
    await up(neither)
    assert rack.names("process") == []
    assert "gateway.models" not in rack.names("file")


async def test_nobody_else_is_given_what_the_gateway_is_told(rack: House, tmp_path: Path) -> None:
    score = (Path(services.__file__).parents[1] / "services/gateway/score.yaml").read_text()
    await up(rack)
    with pytest.raises(FileError, match="models-of-the-gateway"):
        await rack.deploy(write(tmp_path / "stranger", score=score), name="gateway")
