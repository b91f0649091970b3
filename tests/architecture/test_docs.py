"""Public names are documented, and what is documented is true."""

from __future__ import annotations

import inspect
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from rackhouse.cli.main import COMMANDS, rackhouse
from rackhouse.kit import errors

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def _tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def _errors() -> list[type[errors.RackhouseError]]:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    return [c for c in classes if issubclass(c, errors.RackhouseError)]


def test_the_drawn_tree_of_errors_is_the_real_one() -> None:
    drawn = {
        match[1]: int(match[2])
        for match in re.finditer(
            r"(?:├──|└──|^ {4})\s?(\w+)\s+(\d+)\s", errors.__doc__ or "", re.MULTILINE
        )
    }
    real = {c.__name__: c.exit_code for c in _errors() if c is not errors.RackhouseError}
    assert {name: code for name, code in drawn.items() if name != "RackhouseError"} == real


def test_exit_codes_are_documented() -> None:
    page = (DOCS / "reference" / "exit-codes.md").read_text()
    for error in _errors():
        assert re.search(rf"\| {error.exit_code} \|.*`{error.__name__}`", page), error.__name__


def test_nothing_subclasses_an_error_outside_the_tree() -> None:
    names = "|".join(error.__name__ for error in _errors())
    pattern = re.compile(rf"class \w+\(.*\b(?:{names})\b.*\):")
    files = (ROOT / "src").rglob("*.py")
    assert not [f for f in files if f.name != "errors.py" and pattern.search(f.read_text())]


@pytest.mark.parametrize("name", [name for group in COMMANDS.values() for name in group])
def test_every_command_has_help_with_examples(name: str) -> None:
    command = rackhouse.get_command(None, name)  # type: ignore[arg-type]  # the lazy group needs none
    assert command is not None
    assert command.help
    assert "Example" in (command.epilog or ""), f"{name} has no examples in its help"
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert getattr(parameter, "help", None), f"{name} {parameter.name} is not explained"


@pytest.mark.parametrize("name", [name for group in COMMANDS.values() for name in group])
def test_every_command_has_a_heading_in_the_reference(name: str) -> None:
    page = (DOCS / "reference" / "commands.md").read_text()
    assert f"## rackhouse {name}\n" in page


def test_decisions_are_numbered_without_gaps_and_say_what_was_rejected() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert all(f"**{word}" in text for word in ("Decision", "Rejected", "Enforced by")), (
            page.name
        )


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (DOCS / "why" / "dependencies.md").read_text()
    for requirement in project["dependencies"]:
        name = re.split(r"[\[<>=~! ]", requirement)[0]
        assert name in page, f"{name} is not in docs/why/dependencies.md"


def test_locks_pin_every_hash_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9].*==", text, re.MULTILINE)
        assert len(pins) <= text.count("--hash=sha256:")


def test_no_file_names_a_registry_or_this_machine() -> None:
    forbidden = re.compile(
        "pypi" r"\.org|files\.pythonhosted|registry\." "npmjs|" + re.escape(str(ROOT))
    )
    texts = [
        f for f in _tracked() if f.suffix in {".py", ".md", ".toml", ".lock", ".json", ".yaml", ""}
    ]
    assert not [f for f in texts if forbidden.search(f.read_text(errors="ignore"))]


def test_links_in_the_docs_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in link and not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {link}")
    assert not broken
