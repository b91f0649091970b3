"""Covers and their holes, by paths alone."""

from __future__ import annotations

from pathlib import Path

from rackhouse.delivery.runner.view import covers, holes


def test_home_is_covered_and_its_tools_are_holes(tmp_path: Path) -> None:
    home = tmp_path / "home" / "ada"
    for name in (
        ".ssh",
        ".nvm/versions/node/v22/bin",
        ".local/bin",
        ".local/share/keyrings",
        "v/bin",
    ):
        (home / name).mkdir(parents=True)
    env = {"PATH": f"{home}/v/bin:{home}/.local/bin:{home}/gone/bin:/usr/bin"}
    found = {hole["at"] for hole in holes(env, covers([], home), home)}
    assert home in covers([], home)
    assert {f"{home}/.nvm", f"{home}/.local/bin", f"{home}/v"} <= found
    assert str(home) not in found
    assert not any(".ssh" in at or "keyrings" in at or at.endswith(".local") for at in found)


def test_what_is_hidden_is_no_hole_of_another_cover(tmp_path: Path) -> None:
    home = tmp_path / "home" / "ada"
    state = home / "state"
    (state / "bin").mkdir(parents=True)
    covered = covers([state], home)
    found = {hole["at"] for hole in holes({"PATH": f"{state}/bin"}, covered, home)}
    assert str(state) not in found
    assert str(home) not in found
