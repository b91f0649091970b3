"""Who may ask, by a file that may become another one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rackhouse.kit.errors import FileError, Missing
from rackhouse.kit.web.problem import Unauthorized
from rackhouse.services.retrieval.service.tenants import Tenants

KEY = "0123456789abcdef"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def write(file: Path, *tenants: tuple[str, str]) -> Path:
    said = {"tenants": [{"name": name, "key": key} for name, key in tenants]}
    file.with_suffix(".new").write_text(json.dumps(said))
    return file.with_suffix(".new").replace(file)


def test_a_key_names_its_tenant(tmp_path: Path) -> None:
    tenants = Tenants(write(tmp_path / "t", ("study", KEY), ("notes", KEY + "x")))
    assert tenants.named(KEY) == "study"
    assert tenants.named(KEY + "x") == "notes"
    for key in ("", KEY[:-1], KEY + "y", "\u00e9"):
        with pytest.raises(Unauthorized):
            tenants.named(key)


def test_another_file_is_read_and_one_that_is_wrong_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = write(tmp_path / "t", ("study", KEY))
    tenants = Tenants(file, Clock())
    write(file, ("notes", KEY))
    assert tenants.named(KEY) == "notes"
    file.write_text("{")
    assert tenants.named(KEY) == "notes"
    assert tenants.names() == ("notes",)
    assert "is passed over" in caplog.text
    assert KEY not in caplog.text
    file.unlink()
    assert tenants.names() == ("notes",)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{}",
        "[]",
        '{"tenants": [{"name": "a"}]}',
        '{"tenants": [{"name": "a", "key": "short"}]}',
        '{"tenants": [{"name": "", "key": "0123456789abcdef"}]}',
        json.dumps({"tenants": [{"name": "a", "key": KEY}, {"name": "a", "key": KEY + "x"}]}),
        "[" * 100_000,
    ],
)
def test_a_file_that_is_none_is_told_at_the_start(tmp_path: Path, said: str) -> None:
    file = tmp_path / "t"
    file.write_text(said)
    with pytest.raises(FileError, match="fix:") as caught:
        Tenants(file)
    assert "0123456789" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="RETRIEVAL_TENANTS"):
        Tenants(tmp_path / "none")


def test_resolvers_are_those_of_the_file_as_it_is_now(tmp_path: Path) -> None:
    file = write(tmp_path / "t", ("study", KEY))
    tenants = Tenants(file, Clock())
    assert tenants.resolvers() == {}
    said = {"tenants": [], "resolvers": [{"name": "laws", "url": "http://laws/v1/references"}]}
    file.with_suffix(".new").write_text(json.dumps(said))
    file.with_suffix(".new").replace(file)
    assert tenants.resolvers() == {"laws": "http://laws/v1/references"}
    said["resolvers"][0]["url"] = "laws"
    file.write_text(json.dumps(said))
    with pytest.raises(FileError, match="'laws' has no address"):
        Tenants(file)
