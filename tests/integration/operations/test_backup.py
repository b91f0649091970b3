"""A rack with data of every kind goes into one file, and comes back as it was, elsewhere."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from e2e.conftest import OFFLINE, PROGRAM, Rack
from integration.operations import filling
from integration.operations.conftest import keys, login, postgres, storage
from rackhouse.operations.backup.sealed import Opener
from rackhouse.operations.backup.unpack import BundleReader

pytestmark = pytest.mark.xdist_group("operations")
PASSPHRASE = "correct horse battery staple"


@dataclass(frozen=True)
class BackedUp:
    """A backup, and when it was made. `token`: one that git had."""

    rack: Rack
    file: Path
    at: float
    token: str


def with_passphrase(folder: Path, words: str = PASSPHRASE) -> tuple[str, str]:
    file = folder / "passphrase"
    file.write_text(words + "\n")
    return ("--passphrase-file", str(file))


@pytest.fixture(scope="module")
def backed_up(lived_in: Rack, tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    folder = tmp_path_factory.mktemp("backup")
    filling.rows(lived_in)
    filling.redis_keys(lived_in)
    filling.objects(lived_in, folder)
    token = filling.repository(lived_in, folder)
    volume = lived_in.home / "volumes" / "radicale.data"
    filling.volume(volume)
    (lived_in.home / "homes" / "guestbook" / ".settings").write_text("mine")
    fields = {"name": "Ada", "message": "Before the backup"}
    httpx.post(lived_in.plain("guestbook") + "/", data=fields, files={"picture": ("a.png", b"png")})
    file = folder / "rack.backup"
    with filling.writers(lived_in, volume):
        time.sleep(0.5)
        lived_in.run("backup", *with_passphrase(folder), str(file))
    return BackedUp(lived_in, file, time.time(), token)


def restored(backed_up: BackedUp, rack: Rack, folder: Path) -> None:
    said = run(rack.home, "restore", *with_passphrase(folder), str(backed_up.file))
    assert said.returncode == 0, said.stderr
    assert re.search(r"\d{3} checksums agree, 0 differ", said.stdout), said.stdout


def run(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """The command line, without any rack file in sight."""
    return subprocess.run(
        [PROGRAM, "--home", str(home), *argv],
        env={**os.environ, **OFFLINE},
        cwd=home.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_backup_is_private_and_leaves_nothing_beside_it(backed_up: BackedUp) -> None:
    assert backed_up.file.stat().st_mode & 0o777 == 0o600
    assert {f.name for f in backed_up.file.parent.iterdir()} == {
        "rack.backup",
        "code",
        "object",
        "passphrase",
    }
    assert not list(backed_up.rack.home.glob(".backup-*"))
    assert PASSPHRASE.encode() not in backed_up.file.read_bytes()


def test_everything_has_a_checksum(backed_up: BackedUp, tmp_path: Path) -> None:
    with backed_up.file.open("rb") as file:
        told = BundleReader(Opener(file, PASSPHRASE)).unpack(tmp_path / "unpacked")
    assert told['postgres/guestbook_db/"Odd ""schema"."T t"'].startswith("3 ")
    assert told['postgres/guestbook_db/"Odd ""schema"."Odd seq"'] == "48 true"
    assert told['postgres/guestbook_db/"Odd ""schema".untouched'] == "1 false"
    assert told['postgres/guestbook_db/"Odd ""schema".part_high'].startswith("10 ")
    assert told['postgres/guestbook_db/"Odd ""schema".parent'].startswith("1 ")
    assert told["postgres/guestbook_db/large objects"].startswith("1 ")
    assert told["postgres/The owner's/own/public.t"].startswith("1 ")
    assert "credentials/vault/secret/guestbook.db" in told
    assert "credentials/vault/authority/rack" in told
    assert re.fullmatch(r"string \w+ until \d+", told["cache/0/for an hour"])
    assert "cache/0/soon gone" not in told
    assert told["cache/3/elsewhere"].startswith("string ")
    assert told["objects/odd-bucket/a/b/c"]
    assert told["objects/bare-bucket"]
    assert told["volumes/radicale.data/dangling"] == "-> /nowhere/at/all"
    assert not any("pipe" in name or name.endswith(("-wal", "-journal")) for name in told)
    kinds = {name.partition("/")[0] for name in told}
    assert kinds == {
        *("credentials", "postgres", "cache", "objects", "volumes", "homes", "releases"),
        "repositories",
    }
    assert (tmp_path / "unpacked" / "source" / "apps" / "guestbook" / "score.yaml").exists()


@pytest.mark.slow
def test_it_comes_back_beside_the_rack_that_is_up(
    backed_up: BackedUp, second: Callable[[Path], Rack], tmp_path: Path
) -> None:
    new = second(tmp_path / "new home")
    before = (backed_up.rack.home / "store.db").stat().st_ino
    restored(backed_up, new, tmp_path)
    old_ports = {part["address"] for part in backed_up.rack.status()["parts"]}
    assert old_ports.isdisjoint(part["address"] for part in new.status()["parts"])
    assert new.run("plan").stdout.strip().endswith("nothing to do")
    _check_rows(new)
    _check_keys(new, backed_up.at)
    _check_objects(backed_up.rack, new)
    _check_files(new)
    _check_repositories(backed_up.rack, new)
    _check_the_applications(new)
    _check_a_push(new, backed_up.token, tmp_path / "clone")
    # Whoever has no rack file at hand is given the one that came back.
    assert run(new.home, "status").returncode == 0
    up = new.run("up", "--detach")
    assert "r2" not in up.stdout + up.stderr, "nothing was deployed anew"
    assert backed_up.rack.status()["ready"]
    assert (backed_up.rack.home / "store.db").stat().st_ino == before


def test_it_comes_back_where_the_old_one_is_down_and_keeps_its_ports(
    backed_up: BackedUp, second: Callable[[Path], Rack], tmp_path: Path
) -> None:
    old_ports = {part["name"]: part["address"] for part in backed_up.rack.status()["parts"]}
    old_doors = {app["name"]: app["plain"] for app in backed_up.rack.status()["applications"]}
    backed_up.rack.run("down")
    new = second(tmp_path / "home")
    try:
        env = new.environment() | {"RACKHOUSE_PASSPHRASE": PASSPHRASE}
        env.pop("RACKHOUSE_FILE")
        said = subprocess.run(
            [PROGRAM, "restore", str(backed_up.file)],
            env=env,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert " 0 differ" in said.stdout
        status = new.status()
        assert {part["name"]: part["address"] for part in status["parts"]} == old_ports
        assert {app["name"]: app["plain"] for app in status["applications"]} == old_doors
        _check_the_applications(new)
        for process in new.processes():
            assert PASSPHRASE not in " ".join(process.cmdline())
            assert "RACKHOUSE_PASSPHRASE" not in process.environ()
        new.run("down")
    finally:
        backed_up.rack.run("up", "--detach")


def _check_rows(rack: Rack) -> None:
    owner, app = login(rack), login(rack, "guestbook")
    with postgres(app) as db:
        assert db.execute("SELECT words FROM mine").fetchall() == [("the application's own",)]
        (count, last), *_ = db.execute("SELECT count(*), max(id) FROM busy").fetchall()
        assert count > 20
        (following,), *_ = db.execute("INSERT INTO busy (n) VALUES (0) RETURNING id").fetchall()
        assert following > last
    with postgres(owner, app.scope) as db:
        odd = '"Odd ""schema"'
        assert db.execute(f"SELECT nextval('{odd}.\"Odd seq\"'), {odd}.twice(4)").fetchone() == (
            55,
            8,
        )
        assert db.execute(f"SELECT nextval('{odd}.untouched')").fetchone() == (1,)
        near = f"SELECT v <-> '[1,2.5,-3]' FROM {odd}.\"T t\" ORDER BY 1 LIMIT 1"
        db.execute(f"SET search_path = public, {odd}")
        assert db.execute(near).fetchone() == (0,)
        (blob,), *_ = db.execute("SELECT lo_get(oid) FROM pg_largeobject_metadata").fetchall()
        assert blob == b"\xde\xad\xbe\xef"
    with postgres(owner) as db:
        assert db.execute("SELECT words FROM note").fetchone() == ("kept beside everything",)
        assert db.execute("SELECT rolconfig FROM pg_roles WHERE rolname = 'reader'").fetchone() == (
            ["a.b=c"],
        )
    with postgres(owner, "The owner's/own") as db:
        assert db.execute("SELECT one, 'a=>1'::hstore->'a' FROM t").fetchone() == (1, "1")
    for forbidden in ("postgres", "The owner's/own"):
        if forbidden == "postgres":
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                postgres(app, forbidden)


def _check_keys(rack: Rack, at: float) -> None:
    with keys(rack) as client:
        assert client.get(b"bin\x00\xff") == bytes(range(256))
        assert 3600 - (time.time() - at) - 60 < client.ttl("for an hour") <= 3600
        assert client.get("soon gone") is None
        assert client.incr("n") == 42
        assert client.zrange("zset", 0, -1) == [b"b", b"a", b"d", b"c"]
        assert client.pfcount("hll") > 900
        (group,) = client.xinfo_groups("stream")
        assert (group["pending"], group["name"]) == (7, b"group")
        assert client.execute_command("FCALL", "f", 0) == 7
        assert int(client.get("busy") or 0) > 20
    with keys(rack, db=3) as client:
        assert client.get("elsewhere") == b"too"


def _check_objects(old: Rack, new: Rack) -> None:
    with storage(old) as one, storage(new) as other:
        assert other.buckets() == one.buckets()
        assert sorted(other.keys("odd-bucket")) == sorted([*filling.ODD_KEYS, "empty", "much"])
        assert "https://a.example" in other.settings("odd-bucket")["cors"]
        for key in one.keys("odd-bucket"):
            with one.get("odd-bucket", key) as then, other.get("odd-bucket", key) as now:
                assert then is not None
                assert now is not None
                assert dict(now.attributes) == dict(then.attributes)
                assert b"".join(now.content) == b"".join(then.content)
        with other.get("odd-bucket", "a/b/c") as now:
            assert now is not None
            assert dict(now.attributes) == filling.METADATA


def _check_repositories(old: Rack, new: Rack) -> None:
    there = ["git", "--git-dir", str(new.home / "repositories" / "code.git")]
    subprocess.run([*there, "fsck", "--strict"], check=True)
    heads = (new.home / "repositories" / "code.git" / "HEAD").read_text()
    assert heads == (old.home / "repositories" / "code.git" / "HEAD").read_text()
    assert "code" in new.run("repository", "list").stdout


def _check_a_push(new: Rack, token: str, clone: Path) -> None:
    """Whoever had a token goes on where the other rack ended; which runs there were is known."""
    (before,) = json.loads(new.run("runs", "list", "code", "--json").stdout)
    assert "has left no log here" in new.run("logs", "--run", str(before["number"])).stderr
    url = filling.git_url(new, token, "code")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.test")
    subprocess.run(["git", "clone", "--quiet", url, str(clone)], check=True)
    (clone / "index.html").write_text("pushed to the restored one")
    said = ""
    for words in (("add", "."), ("commit", "--quiet", "--message=second"), ("push", "origin")):
        done = subprocess.run(
            ["git", "-C", str(clone), *who, *words], check=True, capture_output=True, text=True
        )
        said = done.stderr
    assert "LIVE: code r1" in said
    assert httpx.get(new.plain("code") + "/").text == "pushed to the restored one"


def _check_files(rack: Rack) -> None:
    folder = rack.home / "volumes" / "radicale.data"
    assert (folder / "deep" / "er" / "script").stat().st_mode & 0o777 == 0o755
    assert (folder / "nothing in it").stat().st_mode & 0o777 == 0o750
    assert (folder / "old").stat().st_mtime == 1_000_000_000
    assert str((folder / "dangling").readlink()) == "/nowhere/at/all"
    assert (rack.home / "homes" / "guestbook" / ".settings").read_text() == "mine"
    for name in ("wal.db", "delete.db"):
        db = sqlite3.connect(folder / name)
        (a, most), *_ = db.execute("SELECT count(*), max(n) FROM a").fetchall()
        assert db.execute("SELECT count(*), max(n) FROM b").fetchall() == [(a, most)]
        assert a == most + 1 > 5
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        db.close()


def _check_the_applications(rack: Rack) -> None:
    page = httpx.get(rack.plain("guestbook") + "/").text
    assert "Before the backup" in page
    picture = re.search(r"/pictures/[\w.-]+", page)
    assert picture is not None
    assert httpx.get(rack.plain("guestbook") + picture[0]).content == b"png"
    ordered = httpx.post(rack.plain("postcards") + "/", data={"greeting": "Still here"})
    assert ordered.status_code == 303


@pytest.mark.parametrize("harm", ["passphrase", "a byte", "the end", "another file"])
def test_what_is_no_good_is_refused_and_nothing_is_left(
    backed_up: BackedUp, harm: str, tmp_path: Path
) -> None:
    content = bytearray(backed_up.file.read_bytes())
    if harm == "a byte":
        content[len(content) // 2] ^= 1
    if harm == "the end":
        del content[-100_000:]
    if harm == "another file":
        content[:] = b"PK\3\4" + content
    (tmp_path / "bad").write_bytes(content)
    words = with_passphrase(tmp_path, "wrong" if harm == "passphrase" else PASSPHRASE)
    said = run(tmp_path / "home", "restore", *words, str(tmp_path / "bad"))
    assert said.returncode == 4, said.stderr
    assert "fix:" in said.stderr
    assert not (tmp_path / "home").exists()


def test_a_folder_that_is_not_empty_is_left_alone(backed_up: BackedUp, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "mine").write_text("precious")
    said = run(home, "restore", *with_passphrase(tmp_path), str(backed_up.file))
    assert (said.returncode, "is not empty" in said.stderr) == (4, True)
    assert [f.name for f in home.iterdir()] == ["mine"]
    said = run(backed_up.rack.home, "restore", *with_passphrase(tmp_path), str(backed_up.file))
    assert (said.returncode, "a rack is in it" in said.stderr) == (4, True)
    assert backed_up.rack.status()["ready"]


def test_a_backup_is_not_written_over_unless_told(backed_up: BackedUp, tmp_path: Path) -> None:
    words = with_passphrase(tmp_path)
    said = backed_up.rack.run("backup", *words, str(backed_up.file), code=4)
    assert "exists" in said.stderr
    assert "--passphrase" in backed_up.rack.run("backup", "--help").stdout
    assert backed_up.rack.run("backup", "--passphrase", "x", "y", code=64).stderr


def test_without_an_empty_passphrase(backed_up: BackedUp, tmp_path: Path) -> None:
    words = with_passphrase(tmp_path, "")
    said = backed_up.rack.run("backup", *words, str(tmp_path / "b"), code=4)
    assert "needs a passphrase" in said.stderr
    assert not list(tmp_path.glob("*b"))


def test_a_rack_that_is_down_cannot_be_backed_up(tmp_path: Path) -> None:
    said = run(tmp_path / "home", "backup", *with_passphrase(tmp_path), str(tmp_path / "b"))
    assert said.returncode == 8
    assert "the rack is down" in said.stderr
    assert not (tmp_path / "b").exists()


def test_no_command_line_of_a_backup_shows_a_secret(backed_up: BackedUp, tmp_path: Path) -> None:
    secret = login(backed_up.rack).password
    words = with_passphrase(tmp_path)
    argv = [PROGRAM, "backup", *words, str(tmp_path / "b")]
    seen: set[str] = set()
    with subprocess.Popen(argv, env=backed_up.rack.environment(), stdout=-3) as process:
        while process.poll() is None:
            for child in psutil.process_iter(["cmdline"]):
                seen.add(" ".join(child.info["cmdline"] or ()))
    assert any("pg_dump" in line for line in seen)
    assert not any(secret in line or PASSPHRASE in line for line in seen)
