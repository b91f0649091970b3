"""Folders as applications: what is read, what is inferred, and the release that it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.app.model import App, Kind, Runtime, Template
from rackhouse.app.snapshot import digest
from rackhouse.app.sources import SourceFolder, read_source, release_of, snapshot
from rackhouse.kit.errors import FileError

EXAMPLES = Path(__file__).parents[3] / "examples" / "apps"
WORKER = "apiVersion: score.dev/v1b1\nmetadata: {name: shop}\ncontainers:\n  it: {image: .}\n"
LOCK = "httpx==0.28.1 --hash=sha256:00\n"


def _source(folder: Path, files: dict[str, str]) -> SourceFolder:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return read_source(folder)


def _score(command: str = "", image: str = ".", notes: str = "") -> str:
    said = f", command: {command}" if command else ""
    return (
        f"apiVersion: score.dev/v1b1\nmetadata:\n  name: shop\n  annotations: {{{notes}}}\n"
        f"containers:\n  it: {{image: {image}{said}}}\n"
    )


@pytest.mark.parametrize("folder", sorted(EXAMPLES.iterdir()), ids=lambda folder: folder.name)
def test_every_example_can_be_deployed(folder: Path, tmp_path: Path) -> None:
    source = read_source(folder)
    assert source.app.name == folder.name
    assert source.inferred is not (folder / "score.yaml").exists()
    content = snapshot(folder, tmp_path / "r1")
    assert release_of(source, 1, content) == release_of(source, 1)
    assert read_source(tmp_path / "r1").ground == source.ground


def test_a_release_says_what_it_runs_on(tmp_path: Path) -> None:
    files = {"score.yaml": _score(notes="rackhouse.dev/build: make it"), "requirements.txt": LOCK}
    release = release_of(_source(tmp_path, files), 8)
    assert (release.number, release.tag, release.snapshot) == (8, "r8", "releases/shop/r8")
    assert release.digest == digest(tmp_path)
    assert (release.runtime, release.manifest) == (Runtime.PYTHON, "requirements.txt")
    assert release.build == ("make", "it")


RUNTIMES = [
    ({"requirements.txt": LOCK}, _score(), Runtime.PYTHON, "requirements.txt", ""),
    (
        {"requirements.txt": "httpx\n"},
        _score(),
        Runtime.PYTHON,
        "requirements.lock",
        "requirements.txt",
    ),
    (
        {"requirements.txt": "httpx\n", "requirements.lock": LOCK},
        _score(),
        Runtime.PYTHON,
        "requirements.lock",
        "",
    ),
    ({"uv.lock": "x", "requirements.txt": LOCK}, _score(), Runtime.PYTHON, "uv.lock", ""),
    (
        {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["httpx"]\n'},
        _score(),
        Runtime.PYTHON,
        "requirements.lock",
        "pyproject.toml",
    ),
    ({"pyproject.toml": "[tool.ruff]\n"}, _score(), Runtime.PYTHON, "", ""),
    ({"requirements.txt": "# none\n"}, _score(), Runtime.PYTHON, "", ""),
    (
        {},
        _score(notes="rackhouse.dev/package: radicale==3.9.0"),
        Runtime.PYTHON,
        "requirements.lock",
        "package",
    ),
    (
        {"package.json": "{}", "package-lock.json": "{}"},
        _score(),
        Runtime.NODE,
        "package-lock.json",
        "",
    ),
    ({"package.json": "{}"}, _score(), Runtime.NODE, "", ""),
    (
        {"package.json": "{}", "requirements.txt": LOCK},
        _score(),
        Runtime.PYTHON,
        "requirements.txt",
        "",
    ),
    (
        {"package.json": "{}", "requirements.txt": LOCK},
        _score("[npm, start]"),
        Runtime.NODE,
        "",
        "",
    ),
    (
        {"package.json": "{}", "requirements.txt": LOCK},
        _score("[/bin/sh, -c, exec node x.js]"),
        Runtime.NODE,
        "",
        "",
    ),
    ({"index.html": ""}, _score(notes="rackhouse.dev/folder: ."), Runtime.STATIC, "", ""),
    (
        {"package.json": "{}", "package-lock.json": "{}"},
        _score(notes="rackhouse.dev/folder: dist, rackhouse.dev/build: npm run build"),
        Runtime.NODE,
        "package-lock.json",
        "",
    ),
    ({"run": ""}, _score("[./run]"), Runtime.COMMAND, "", ""),
    ({"run.py": ""}, _score("[python, run.py]"), Runtime.PYTHON, "", ""),
    ({"run.py": ""}, _score('[sh, -c, "exec python3 run.py"]'), Runtime.PYTHON, "", ""),
    ({"Dockerfile": "FROM x\n"}, _score(), Runtime.IMAGE, "", ""),
    ({"Dockerfile": "FROM x\n"}, _score("[./run]"), Runtime.COMMAND, "", ""),
    ({"requirements.txt": LOCK}, _score(image="busybox"), Runtime.IMAGE, "", ""),
]


@pytest.mark.parametrize(("files", "score", "runtime", "manifest", "lock_from"), RUNTIMES)
def test_what_it_stands_on(
    tmp_path: Path,
    files: dict[str, str],
    score: str,
    runtime: Runtime,
    manifest: str,
    lock_from: str,
) -> None:
    ground = _source(tmp_path, {"score.yaml": score, **files}).ground
    assert (ground.runtime, ground.manifest, ground.lock_from) == (runtime, manifest, lock_from)
    assert bool(ground.packages) is bool(manifest)


def test_packages_are_named_by_what_is_installed(tmp_path: Path) -> None:
    files = {"score.yaml": WORKER, "requirements.txt": "-r base.txt\nhttpx\n", "main.py": ""}
    files["base.txt"] = files["requirements-base.txt"] = "rich\n"
    files["requirements.txt"] = "-r requirements-base.txt\nhttpx\n"
    before = _source(tmp_path, files).ground.packages
    assert _source(tmp_path, {"main.py": "print(1)"}).ground.packages == before
    assert _source(tmp_path, {"requirements-base.txt": "rich>=14\n"}).ground.packages != before
    assert len(before) == 16


def test_packages_of_a_circle_of_requirements(tmp_path: Path) -> None:
    files = {"score.yaml": WORKER, "requirements.txt": "-r requirements.txt\nhttpx\n"}
    assert _source(tmp_path, files).ground.packages


@pytest.mark.parametrize(
    ("files", "file"),
    [
        ({"package.json": '{"dependencies": {"express": "5"}}'}, "package.json"),
        ({"requirements.lock": "httpx==0.28.1\n"}, "requirements.lock"),
    ],
)
def test_what_pins_nothing_is_refused(tmp_path: Path, files: dict[str, str], file: str) -> None:
    with pytest.raises(FileError) as caught:
        _source(tmp_path, {"score.yaml": WORKER, **files})
    assert caught.value.where == str(tmp_path / file)
    assert [problem.rule for problem in caught.value.problems] == ["unlocked"]


def test_a_file_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        _source(tmp_path, {"score.yaml": "containers: {}\n"})
    assert caught.value.where == str(tmp_path / "score.yaml")
    with pytest.raises(FileError) as caught:
        _source(tmp_path / "empty", {"README.md": ""})
    assert caught.value.where == str(tmp_path / "empty" / "score.yaml")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "score.yaml").write_bytes(b"metadata:\n  name: \xff\n")
    with pytest.raises(FileError, match="line 2: this is not UTF-8"):
        read_source(tmp_path)


def test_an_inferred_application_has_the_folders_name_and_shows_its_file(tmp_path: Path) -> None:
    source = _source(tmp_path / "My Site", {"index.html": "<h1>Hi</h1>"})
    assert (source.app.name, source.app.kind) == ("my-site", Kind.STATIC)
    assert source.inferred
    (tmp_path / "My Site" / "score.yaml").write_text(source.text)
    again = read_source(tmp_path / "My Site")
    assert (again.app, again.inferred) == (source.app, False)


def test_files_by_source_are_read_from_the_folder(tmp_path: Path) -> None:
    score = WORKER.replace(
        "image: .", "image: ., files: {/a: {source: a.txt}, /b: {source: b.bin}}"
    )
    (tmp_path / "b.bin").write_bytes(b"\xff")
    app: App = _source(tmp_path, {"score.yaml": score, "a.txt": "I am ${metadata.name}"}).app
    first, second = app.containers[0].mounts
    assert first.content == Template(("I am shop",))
    assert (second.content, second.source) == (None, "b.bin")


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    score = WORKER.replace("image: .", "image: ., files: {/a: {source: missing.txt}}")
    with pytest.raises(FileError, match="cannot be read: no such file"):
        _source(tmp_path, {"score.yaml": score})
