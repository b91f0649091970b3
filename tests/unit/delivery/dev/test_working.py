"""What an application becomes in the folder in which it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.app.development import working_folder
from rackhouse.app.model import App, Container, Kind, Need, ResourceType, Runtime, Template
from rackhouse.app.sources import read_source
from rackhouse.delivery.dev.working import dev_name, working
from rackhouse.kit.errors import FileError, Refused
from rackhouse.kit.text import is_name

FOLDER = Path("/home/ada/shop")


def app(**fields: object) -> App:
    given: dict[str, object] = {
        "name": "shop-dev",
        "containers": (Container(name="web", image=".", command=(Template(("serve",)),)),),
        **fields,
    }
    return App(**given)  # type: ignore[arg-type]


def words(it: App, container: int = 0) -> list[str]:
    return [str(word) for word in it.containers[container].command]


def run(it: App, runtime: Runtime = Runtime.PYTHON, *, seed: bool = False) -> App:
    return working(it, FOLDER, runtime, seed=seed)


@pytest.mark.parametrize("name", ["shop", "a" * 40, f"{'a' * 35}-{'b' * 4}"])
def test_its_name_can_name_an_application(name: str) -> None:
    assert is_name(dev_name(name))
    assert dev_name(name).endswith("-dev")
    assert dev_name("shop") == "shop-dev"


def test_its_program_is_reloaded_in_the_folder_after_build_and_migrations() -> None:
    it = run(app(before=("python", "-m", "migrate"), build=("make", "a b")))
    reload, script = words(it)[: words(it).index("/bin/sh")], words(it)[-4:]
    assert reload[-1] == str(FOLDER)
    assert "--once" not in reload
    assert script == ["-c", "make 'a b' && python -m migrate && exec \"$@\"", "sh", "serve"]
    assert (it.before, it.build) == ((), ())
    assert working_folder(it) == str(FOLDER)
    assert not working_folder(app())


def test_only_new_data_is_seeded() -> None:
    it = app(annotations=(("rackhouse.dev/preview-seed", "python seed.py"),))
    assert run(it, seed=True).before == ("sh", "-c", "exec python seed.py")
    assert run(it).before == ()


def test_what_the_live_one_shares_or_is_called_is_not_its_own() -> None:
    database = Need(name="db", type=ResourceType.POSTGRES, id="shared")
    route = Need(name="web", type=ResourceType.ROUTE, params=(("host", "shop.example"),))
    it = run(app(needs=(database, route), exposure="lan", public=True))
    assert [need.id for need in it.needs] == ["", ""]
    assert it.needs[1].params == ()
    assert it.exposure == "loopback"


def test_what_runs_to_its_end_is_not_reloaded() -> None:
    assert "--once" in words(run(app(kind=Kind.SCHEDULE, schedule="* * * * *")))
    first = Container(name="prepare", image=".", command=(Template(("prepare",)),))
    then = Container(
        name="web", image=".", command=(Template(("serve",)),), after=(("prepare", "complete"),)
    )
    it = run(app(containers=(first, then)))
    assert "--once" in words(it)
    assert "--once" not in words(it, 1)


def test_node_is_started_as_its_package_says() -> None:
    it = run(app(containers=(Container(name="web", image="."),)), Runtime.NODE)
    assert words(it)[-2:] == ["npm", "start"]


def test_a_site_is_served_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Hello</title>")
    source = read_source(tmp_path)
    it = working(source.app, tmp_path, source.ground.runtime, seed=False)
    assert it.kind is Kind.WEB
    assert words(it)[-1] == str(tmp_path)
    assert [port.port for port in it.ports] == [80]


@pytest.mark.parametrize(
    "other",
    [
        app(package="datasette==0.65.5"),
        app(containers=(Container(name="web", image="docker.io/library/nginx"),)),
    ],
)
def test_what_others_have_built_is_refused(other: App) -> None:
    with pytest.raises(Refused, match="others have built"):
        run(other)


def test_no_file_can_call_itself_a_working_folder(tmp_path: Path) -> None:
    (tmp_path / "score.yaml").write_text(
        "apiVersion: score.dev/v1b1\n"
        "metadata: {name: shop, annotations: {rackhouse.dev/working-folder: /etc}}\n"
        "containers: {web: {image: ., command: [serve]}}\n"
    )
    with pytest.raises(FileError, match="working-folder"):
        read_source(tmp_path)
