"""Deploying: what becomes live, what stays when it fails, and what a kill leaves."""

from __future__ import annotations

import zipfile
from asyncio import run
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.delivery.lock import delivering
from rackhouse.kit.errors import FileError, Locked, NotReady, Refused, StepFailed
from rackhouse.store.protocol import ReleaseStatus as S
from unit.delivery.house import NOW, SCORE, House, house, run_until, write


@pytest.fixture
def rack(tmp_path: Path) -> House:
    return house(tmp_path)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app")


async def test_the_first_deploy_is_live(rack: House, app: Path) -> None:
    deployed = await rack.deploy(app)
    assert str(deployed) == "hello r1 is live"
    assert rack.statuses() == {1: S.LIVE}
    assert rack.names("process", "route") == ["hello", "hello.web@r1"]
    assert (rack.paths.releases / "hello/r1/main.py").read_text() == "one"
    assert (await rack.again().plan()).steps == ()


async def test_a_changed_source_replaces_what_runs_and_can_be_gone_back_to(
    rack: House, app: Path
) -> None:
    await rack.deploy(app)
    rack.things.log.clear()
    await rack.deploy(write(app, "two"))
    assert rack.statuses() == {1: S.OLD, 2: S.LIVE}
    acts = rack.things.log
    turned = acts.index("ensure machine/route/hello")
    assert acts.index("ensure machine/process/hello.web@r2") < turned
    assert turned < acts.index("remove machine/process/hello.web@r1")
    assert rack.names("process") == ["hello.web@r2"]
    assert rack.names("source") == ["hello@r1", "hello@r2"]
    assert (rack.paths.releases / "hello/r1").is_dir()


async def test_without_a_change_nothing_is_done_unless_forced(rack: House, app: Path) -> None:
    await rack.deploy(app)
    rack.things.log.clear()
    deployed = await rack.deploy(app)
    assert str(deployed) == "hello r1 is live already; --force deploys it anew"
    assert (deployed.changed, rack.things.log) == (False, [])
    assert (await rack.deploy(app, force=True)).release == 2


async def test_a_name_may_be_given(rack: House, app: Path) -> None:
    assert (await rack.deploy(app, name="other")).application == "other"
    assert rack.names("database") == ["other_db"]
    with pytest.raises(Refused, match="cannot name an application"):
        await rack.deploy(app, name="Not a name")


async def test_a_wrong_file_makes_no_release(rack: House, app: Path) -> None:
    write(app, score=SCORE.replace("postgres", "mysql"))
    with pytest.raises(FileError, match="use `type: postgres`"):
        await rack.deploy(app)
    assert (rack.statuses(), rack.things.things) == ({}, {})


async def test_what_has_expired_is_refused(rack: House, app: Path) -> None:
    write(
        app,
        score=SCORE.replace(
            "name: hello", 'name: hello, annotations: {rackhouse.dev/expires: "2001-01-01"}'
        ),
    )
    with pytest.raises(Refused, match="expired on 2001-01-01"):
        await rack.deploy(app)
    assert (rack.statuses(), rack.things.things) == ({}, {})


async def test_what_cannot_be_wanted_fails_before_anything_is_changed(
    rack: House, app: Path
) -> None:
    await rack.deploy(app)
    rack.things.log.clear()
    write(app, score=SCORE.replace("db: {", "token: {type: secret}, db: {"))
    with pytest.raises(FileError, match="rackhouse secret set hello token"):
        await rack.deploy(app)
    assert (rack.statuses(), rack.things.log) == ({1: S.LIVE}, []), "it was never made"
    await rack.up()
    assert not (await rack.deploy(write(app))).changed


async def test_a_release_that_never_becomes_ready_leaves_the_old_one_serving(
    rack: House, app: Path
) -> None:
    await rack.deploy(app)
    before = rack.things.picture()
    rack.breaks("machine/process/hello.web@r2")
    with pytest.raises(NotReady):
        await rack.deploy(write(app, "two"))
    assert rack.statuses() == {1: S.LIVE, 2: S.FAILED}
    assert rack.things.picture() == before
    assert not (rack.paths.releases / "hello/r2").exists()
    assert (await rack.deploy(write(app, "three"))).release == 3


@pytest.mark.parametrize("broken", ["port/hello.web@r2", "source/hello@r2", "route/hello"])
async def test_a_failure_anywhere_leaves_the_old_process_running(
    rack: House, app: Path, broken: str
) -> None:
    await rack.deploy(app)
    rack.breaks(f"machine/{broken}")
    with pytest.raises(NotReady):
        await rack.deploy(write(app, "two"))
    assert rack.statuses()[1] is S.LIVE
    assert "hello.web@r1" in rack.names("process")
    rack.things.faults.clear()
    await rack.up()
    assert rack.names("process") == ["hello.web@r1"]


async def test_a_first_release_that_fails_leaves_nothing_that_runs(rack: House, app: Path) -> None:
    rack.breaks("machine/process/hello.web@r1")
    with pytest.raises(NotReady):
        await rack.deploy(app)
    assert rack.names("process", "route", "door", "port", "source") == []
    assert rack.names("database") == ["hello_db"]  # data stays, even so


async def test_what_waits_for_a_part_out_of_sight_is_not_live(rack: House, app: Path) -> None:
    await rack.deploy(app)
    rack.things.unreachable.add("postgres")
    with pytest.raises(StepFailed, match="not all of hello could be made"):
        await rack.deploy(write(app, "two"))
    assert rack.statuses() == {1: S.LIVE, 2: S.FAILED}
    assert rack.names("process") == ["hello.web@r1"]


def test_killed_anywhere_the_next_command_mends_it(tmp_path: Path) -> None:
    forward = 0
    for moment in range(1, 300):
        here = tmp_path / str(moment)
        here.mkdir()
        rack, app = house(here), write(here / "app")
        run(rack.deploy(app))
        if not run_until(rack.things, moment, rack.deploy(write(app, "two"))):
            break
        if rack.statuses() == {1: S.OLD, 2: S.LIVE}:  # the route has moved: go on
            forward += 1
            run(rack.up())
            assert rack.names("process") == ["hello.web@r2"]
            continue
        assert not forward, "once it is reached it stays"
        assert rack.statuses() == {1: S.LIVE, 2: S.NEW}
        run(rack.up())
        assert rack.names("process", "source") == ["hello.web@r1", "hello@r1"]
        assert run(rack.deploy(app)).release == 3
        assert rack.statuses() == {1: S.OLD, 2: S.FAILED, 3: S.LIVE}
        assert rack.names("process") == ["hello.web@r3"]
        assert not (rack.paths.releases / "hello/r2").exists()
        run(rack.up())
    assert 15 < moment < 299
    assert forward > 1


async def test_killed_before_the_release_is_remembered_its_files_are_swept(
    rack: House, app: Path
) -> None:
    await rack.deploy(app)
    left = rack.paths.releases / "hello"
    (left / "r2").mkdir()
    (left / ".r3.partial").mkdir()
    assert (await rack.deploy(write(app, "two"))).release == 2
    assert sorted(it.name for it in left.iterdir()) == ["r1", "r2"]


async def test_two_deliveries_do_not_mix(rack: House, app: Path) -> None:
    with delivering(rack, "deploy other", NOW), pytest.raises(Locked, match="deploy other"):
        await rack.deploy(app)


async def test_another_delivery_since_the_rack_was_opened_is_not_taken_back(
    rack: House, app: Path, tmp_path: Path
) -> None:
    opened = rack.again()
    await rack.deploy(write(tmp_path / "b", score=SCORE.replace("hello", "other")))
    await replace(rack, apps=opened.apps).deploy(app)
    assert rack.names("process") == ["hello.web@r1", "other.web@r1"]


async def test_five_that_served_are_kept(rack: House, app: Path) -> None:
    for n in range(1, 9):
        await rack.deploy(write(app, str(n)))
    assert list(rack.statuses()) == [3, 4, 5, 6, 7, 8]
    await rack.up()
    assert sorted(it.name for it in (rack.paths.releases / "hello").iterdir()) == [
        *("r3", "r4", "r5", "r6", "r7", "r8")
    ]


async def test_data_of_an_earlier_application_is_not_inherited_unasked(
    rack: House, app: Path
) -> None:
    await rack.deploy(app)
    row = rack.store.application("hello")
    assert row is not None
    rack.store.drop_application("hello")  # the store was lost; the database was not
    with pytest.raises(Refused, match="data of an earlier application"):
        await rack.deploy(app)
    deployed = await rack.deploy(app, force=True, adopt=True)
    assert rack.statuses()[deployed.release] is S.LIVE


async def test_requirements_are_pinned_once_in_the_snapshot(rack: House, app: Path) -> None:
    _wheel(app)
    (app / "requirements.txt").write_text("--no-index\n--find-links .\nlocal-thing\n")
    await rack.deploy(app)
    lock = (rack.paths.releases / "hello/r1/requirements.lock").read_text()
    assert lock.splitlines()[:2] == ["--no-index", "--find-links ."]
    assert "local-thing==1.0" in lock
    assert "--hash=sha256:" in lock
    assert not (app / "requirements.lock").exists()


async def test_the_same_dependencies_are_not_resolved_again(rack: House, app: Path) -> None:
    _wheel(app)
    (app / "requirements.txt").write_text("--no-index\n--find-links .\nlocal-thing\n")
    await rack.deploy(app)
    (app / "local_thing-1.0-py3-none-any.whl").unlink()  # nothing could be resolved now
    await rack.deploy(write(app, "two"))
    first, second = (rack.paths.releases / f"hello/r{n}/requirements.lock" for n in (1, 2))
    assert first.read_text() == second.read_text()
    packages = [id.name for id in rack.things.things if id.kind == "packages"]
    assert len(packages) == 1


async def test_what_cannot_be_resolved_is_said_in_uvs_words(rack: House, app: Path) -> None:
    (app / "requirements.txt").write_text("--no-index\nlocal-thing\n")
    with pytest.raises(StepFailed, match="local-thing"):
        await rack.deploy(app)
    assert rack.statuses() == {}
    assert rack.things.things == {}


def _wheel(folder: Path) -> None:
    """A wheel of `local-thing` 1.0, made by hand."""
    files = {
        "local_thing.py": "",
        "local_thing-1.0.dist-info/METADATA": (
            "Metadata-Version: 2.1\nName: local-thing\nVersion: 1.0\n"
        ),
        "local_thing-1.0.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        "local_thing-1.0.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(folder / "local_thing-1.0-py3-none-any.whl", "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
