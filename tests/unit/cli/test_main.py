"""The entry point: words and exit codes."""

from __future__ import annotations

import click
import pytest

from rackhouse.cli import main
from rackhouse.kit.errors import Locked, Missing


def test_help_lists_every_command_without_importing_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--help"]) == 0
    shown = capsys.readouterr().out
    for group, commands in main.COMMANDS.items():
        assert group in shown
        for name, line in commands.items():
            assert name in shown
            assert line in shown


def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main.run(["stauts"]) == 64
    assert "Did you mean 'status'?" in capsys.readouterr().err


def test_a_wrong_option_is_a_usage_error_with_a_fix(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["version", "--jsn"]) == 64
    assert "fix: see `rackhouse version --help`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        (Missing("there is no application 'x'", fix="see `rackhouse status`"), 5, "fix: see"),
        (Locked("pid 7 is changing this rack"), 4, "pid 7"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
        (ZeroDivisionError("secret value"), 1, "this is a bug in Rackhouse: ZeroDivisionError"),
    ],
)
def test_what_goes_wrong_becomes_words_and_an_exit_code(
    error: BaseException,
    code: int,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(main.rackhouse, "main", fail)
    assert main.run(["version"]) == code
    printed = capsys.readouterr().err
    assert shown in printed
    assert "secret value" not in printed
    assert "Traceback" not in printed
