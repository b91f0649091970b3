"""What K3s writes for its administrator, as a context of ours beside others."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from fakes.k3s.program import KUBECONFIG
from rackhouse.kit.errors import FileError
from rackhouse.operations.cluster.kubeconfig import adapted, days_left, kubeconfig, merge
from rackhouse.operations.cluster.reach import Reach, reach
from unit.operations.cluster.asked import house

NOW = datetime(2026, 6, 1, tzinfo=UTC)
END = datetime(2126, 1, 1, tzinfo=UTC)  # of the certificate in KUBECONFIG
THEIRS: dict[str, Any] = yaml.safe_load(KUBECONFIG)


def _asked(monkeypatch: pytest.MonkeyPatch, text: str = KUBECONFIG) -> list[str]:
    questions: list[str] = []

    async def ask_any(self: Reach, argv: tuple[str, ...], limit: float = 0) -> tuple[str, str]:
        questions.append(" ".join(argv))
        return "s-1", text

    monkeypatch.setattr(Reach, "ask_any", ask_any)
    return questions


def test_what_is_called_default_is_called_by_its_cluster() -> None:
    mine = adapted(THEIRS, "home-home", "https://10.20.20.5:6443")
    assert mine["clusters"][0]["cluster"]["server"] == "https://10.20.20.5:6443"
    assert "default" not in yaml.safe_dump(mine)
    assert days_left(mine, "home-home", NOW) == (END - NOW).days
    assert days_left(mine, "another", NOW) is None


def test_others_in_the_file_stay_and_ours_is_current() -> None:
    work = adapted(THEIRS, "work", "https://work:6443")
    old = adapted(THEIRS, "home", "https://old:6443")
    new = adapted(THEIRS, "home", "https://new:6443")
    merged = merge(merge(merge({"preferences": {"colors": True}}, work), old), new)
    assert [each["name"] for each in merged["clusters"]] == ["work", "home"]
    assert merged["clusters"][1]["cluster"]["server"] == "https://new:6443"
    assert merged["current-context"] == "home"
    assert merged["preferences"] == {"colors": True}
    assert merge(merged, new) == merged


async def test_it_is_fetched_once_and_anew_in_its_last_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, file = _asked(monkeypatch), tmp_path / "folder" / "config"
    with house(tmp_path) as made:
        to = reach(made)
        assert (await kubeconfig(to, file, NOW)).fetched
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert not (await kubeconfig(to, file, END - timedelta(days=30, hours=1))).fetched
        assert (await kubeconfig(to, file, END - timedelta(days=29))).fetched
        assert (await kubeconfig(to, file, NOW, anew=True)).fetched
    assert questions == ["cat /etc/rancher/k3s/k3s.yaml"] * 3
    server = yaml.safe_load(file.read_text())["clusters"][0]["cluster"]["server"]
    assert server == "https://10.1.0.1:6443"


@pytest.mark.parametrize("text", ["just words", "[1, 2]", "clusters: {a: b}", "a: [", "\t- x"])
async def test_what_is_no_kubeconfig_is_left_alone(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, file = _asked(monkeypatch), tmp_path / "notes"
    file.write_text(text)
    with house(tmp_path) as made, pytest.raises(FileError, match="notes"):
        await kubeconfig(reach(made), file, NOW)
    assert file.read_text() == text
    assert not questions
