"""`what-if` on a command line: tables, JSON, a page, and words for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rackhouse.cli import main

RACKS = Path(__file__).parents[3] / "examples" / "racks"


def _run(capfd: pytest.CaptureFixture[str], *words: str, rack: str = "home.yaml") -> str:
    assert main.run(["-f", str(RACKS / rack), "what-if", *words]) == 0
    return capfd.readouterr().out


def test_a_loss_is_told_in_tables(capfd: pytest.CaptureFixture[str]) -> None:
    told = _run(capfd, "--without", "pi-1", "--without", "pi-2")
    for part in ("stops", "cluster home", "1 of 3 servers left", "What fits", "29.92 EUR", "26.65"):
        assert part in told


def test_what_is_added_is_on_a_list_with_prices(capfd: pytest.CaptureFixture[str]) -> None:
    told = _run(capfd, "--add", "pi-5=rpi5-8gb,disk=nvme,price=95 EUR", "--add", "pi-6=rpi3")
    assert "95.00 EUR and 1 unknown price" in told


def test_own_tokens_are_compared(capfd: pytest.CaptureFixture[str]) -> None:
    assert "own tokens pay from 25.3 million a month" in _run(capfd)


def test_each_single_loss_has_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    lines = _run(capfd, "--each").splitlines()
    rows = {line.split()[0]: line for line in lines[1:] if line[:1].strip()}
    assert list(rows) == ["gate", "pi-1", "pi-2", "pi-3", "pi-4", "forge", "desk", "sw1"]
    assert "2 of 3" in rows["pi-1"]
    assert "everything" in rows["sw1"]


def test_programs_get_json(capfd: pytest.CaptureFixture[str]) -> None:
    told = json.loads(_run(capfd, "--each", "--without", "forge", "--json"))
    assert told["without"]["nodes"] == ["forge"]
    assert [each["what"] for each in told["worse"]] == ["model chat"]
    assert told["after"]["capacity"]["watts"] == 38
    assert {each["name"] for each in told["each"]} >= {"gate", "sw1"}


@pytest.mark.parametrize("rack", sorted(file.name for file in RACKS.glob("*.yaml")))
def test_every_example_has_an_answer_and_a_page(
    rack: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert _run(capfd, rack=rack).startswith("As it is: ")
    page = tmp_path / "page.html"
    _run(capfd, "--each", "--html", str(page), rack=rack)
    assert page.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--without", "pi1"], 5, "Did you mean 'pi-1'?"),
        (["--add", "pi-5"], 64, "write it as pi-5=rpi5-8gb"),
        (["--html", "/dev/null/page.html"], 7, "cannot be written"),
    ],
)
def test_what_is_wrong_is_said(
    words: list[str], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["-f", str(RACKS / "home.yaml"), "what-if", *words]) == code
    assert said in capfd.readouterr().err


def test_the_guide_shows_what_the_command_answers(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    guide = (RACKS.parents[1] / "docs" / "how-to" / "plan-a-rack.md").read_text()
    shown = [line[4:].rstrip() for line in guide.splitlines() if line.startswith("    ")]
    table = next(n for n, line in enumerate(shown) if line.startswith("without "))
    answer = [line.rstrip() for line in _run(capfd, "--each").splitlines()]
    assert shown[table : table + len(answer)] == answer
    whole = [line.rstrip() for line in _run(capfd).splitlines() if line]
    tokens = shown.index("chat: llama3.1:8b on forge against gpt-5-mini of openai")
    assert shown[tokens : tokens + 6] == whole[-8:-2]
    assert shown[-2:] == whole[-2:]
