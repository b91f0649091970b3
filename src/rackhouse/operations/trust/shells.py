"""What git, curl and shells are told: one block in a file of theirs, or a file of our own."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.operations.trust.blocks import put, take
from rackhouse.operations.trust.bundle import Bundle, prune
from rackhouse.operations.trust.outcome import Trusted

_SHELLS = (".profile", ".bashrc", ".zshenv")
_FISH = Path(".config/fish/conf.d/rackhouse.fish")
_SESSION = Path(".config/environment.d/60-rackhouse.conf")
_TRUST = "trust"  # the name of the block that is the same for all racks


def variables(bundle: Bundle) -> dict[str, str]:
    """What Python, Node, curl and most others look at."""
    return {
        "SSL_CERT_FILE": str(bundle.everything),
        "REQUESTS_CA_BUNDLE": str(bundle.everything),
        "CURL_CA_BUNDLE": str(bundle.everything),
        "NODE_EXTRA_CA_CERTS": str(bundle.authorities),
    }


def tell_git(home: Path, rack: str, bundle: Bundle, origins: tuple[str, ...]) -> Trusted:
    """For the rack's own origins alone; every other site is trusted as before."""
    file, name = bundle.of_rack(rack), git_file(home)
    lines = (f'[http "{origin}"]\n\tsslCAInfo = "{escaped(file)}"' for origin in origins)
    put(name, rack, "\n".join(lines))
    return Trusted("git", True, f"a block in {_short(name, home)}")


def forget_git(home: Path, rack: str) -> None:
    """Undo `tell_git`."""
    take(git_file(home), rack)


def tell_curl(home: Path, bundle: Bundle) -> Trusted:
    """At once and everywhere, without a new shell."""
    put(home / ".curlrc", _TRUST, f'cacert = "{escaped(bundle.everything)}"')
    return Trusted("curl", True, "a block in ~/.curlrc")


def tell_shells(home: Path, bundle: Bundle) -> Trusted:
    """By variables, in shells and sessions that begin from now on."""
    script = bundle.folder / "trust.sh"
    pairs = variables(bundle).items()
    write_atomic(script, "".join(f"export {k}={shlex.quote(v)}\n" for k, v in pairs), 0o644)
    word = shlex.quote(str(script))
    for name in _SHELLS:
        used = os.environ.get("SHELL", "").endswith("zsh") and name == ".zshenv"
        if (home / name).exists() or name == ".profile" or used:
            put(home / name, _TRUST, f"[ -r {word} ] && . {word}")
    _own(home / _SESSION, "".join(f'{k}="{escaped(v)}"\n' for k, v in pairs))
    if (home / ".config" / "fish").is_dir():
        _own(home / _FISH, "".join(f"set -gx {k} {shlex.quote(v)}\n" for k, v in pairs))
    return Trusted("Python and Node", True, f"in new shells; in this one: . {word}")


def forget(home: Path) -> None:
    """Undo `tell_curl` and `tell_shells`."""
    for name in (".curlrc", *_SHELLS):
        take(home / name, _TRUST)
    for file in (home / _FISH, home / _SESSION):
        file.unlink(missing_ok=True)
        prune(file.parent, home)


def git_file(home: Path) -> Path:
    """The file that git itself would write to."""
    plain, tidy = home / ".gitconfig", home / ".config" / "git" / "config"
    return tidy if tidy.exists() and not plain.exists() else plain


def _own(file: Path, content: str) -> None:
    make_folder(file.parent)
    write_atomic(file, content, 0o644)


def escaped(value: Path | str) -> str:
    """For double quotes, as git, curl and systemd read them."""
    return str(value).replace("\\", "\\\\").replace('"', '\\"')


def _short(file: Path, home: Path) -> str:
    return f"~/{file.relative_to(home)}"
