"""`trust`: make git, curl, Python, Node and Chromium believe this rack's own authority. No root.

Everything it writes outside the state folder is a marked block or one setting, and `distrust` takes
all of it away again. The authority may vouch for this rack's names alone (its name constraints), so
trusting it gives it no power over other sites.
"""

from __future__ import annotations

import shutil
import ssl
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError, Missing
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run_sync

BEGIN, END = "# >>> rackhouse >>>", "# <<< rackhouse <<<"
NICKNAME = "Rackhouse"
_SYSTEM_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_SHELLS = (".profile", ".bashrc", ".zshenv")


@dataclass(frozen=True, slots=True)
class Trusted:
    """What was done for one tool; `done` false with the reason and the fix in `note`."""

    tool: str
    done: bool
    note: str


def trust(paths: Paths, home: Path, origins: tuple[str, ...]) -> tuple[Trusted, ...]:
    """Let this user's tools trust the rack. `origins`: `https://*.rack.localhost:8443`, ..."""
    if not paths.trust.exists():
        raise Missing("this rack has no authority yet", fix="run `rackhouse up` first")
    bundle = paths.root / "trust-bundle.pem"
    write_atomic(bundle, _system_bundle() + "\n" + paths.trust.read_text())
    return (
        _git(paths.trust, origins),
        _curl(home, bundle),
        _shells(home, bundle, paths.trust),
        _chromium(home, paths.trust),
    )


def distrust(home: Path, origins: tuple[str, ...]) -> tuple[Trusted, ...]:
    """Undo `trust`. Nothing to undo is success."""
    for origin in origins if shutil.which("git") else ():
        run_sync(["git", "config", "--global", "--unset-all", f"http.{origin}/.sslCAInfo"])
    for file in (home / ".curlrc", *(home / name for name in _SHELLS)):
        if file.exists():
            _write_block(file, "")
    (_config(home) / "trust.sh").unlink(missing_ok=True)
    (home / ".config" / "environment.d" / "60-rackhouse.conf").unlink(missing_ok=True)
    database = home / ".pki" / "nssdb"
    if database.exists() and shutil.which("certutil"):
        run_sync(["certutil", "-d", f"sql:{database}", "-D", "-n", NICKNAME])
    return (Trusted("all", True, "this user's tools no longer trust the rack"),)


def environment(bundle: Path, authority: Path) -> dict[str, str]:
    """The variables that Python, Node and most others look at."""
    return {
        "SSL_CERT_FILE": str(bundle),
        "REQUESTS_CA_BUNDLE": str(bundle),
        "CURL_CA_BUNDLE": str(bundle),
        "NODE_EXTRA_CA_CERTS": str(authority),
    }


def _git(authority: Path, origins: tuple[str, ...]) -> Trusted:
    if not shutil.which("git"):
        return Trusted("git", False, "not installed")
    for origin in origins:
        setting = f"http.{origin}/.sslCAInfo"
        done = run_sync(["git", "config", "--global", "--replace-all", setting, str(authority)])
        if done.code:
            return Trusted("git", False, done.err.strip() or "git config failed")
    return Trusted("git", True, "one setting per address in ~/.gitconfig")


def _curl(home: Path, bundle: Path) -> Trusted:
    _write_block(home / ".curlrc", f'cacert = "{bundle}"')
    return Trusted("curl", True, "~/.curlrc")


def _shells(home: Path, bundle: Path, authority: Path) -> Trusted:
    variables = environment(bundle, authority)
    script = _config(home) / "trust.sh"
    script.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(script, "".join(f"export {k}='{v}'\n" for k, v in variables.items()))
    session = home / ".config" / "environment.d" / "60-rackhouse.conf"
    session.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(session, "".join(f"{k}={v}\n" for k, v in variables.items()))
    for name in _SHELLS:
        if (home / name).exists() or name == ".profile":
            _write_block(home / name, f'[ -r "{script}" ] && . "{script}"')
    return Trusted("Python and Node", True, "in new shells; in this one: . " + str(script))


def _chromium(home: Path, authority: Path) -> Trusted:
    if not shutil.which("certutil"):
        return Trusted(
            "Chromium", False, "fix: sudo apt install libnss3-tools, then run this again"
        )
    database = home / ".pki" / "nssdb"
    if not (database / "cert9.db").exists():
        database.mkdir(mode=0o700, parents=True, exist_ok=True)
        run_sync(["certutil", "-d", f"sql:{database}", "-N", "--empty-password"])
    run_sync(["certutil", "-d", f"sql:{database}", "-D", "-n", NICKNAME])
    argv = ["certutil", "-d", f"sql:{database}", "-A", "-t", "C,,", "-n", NICKNAME]
    done = run_sync([*argv, "-i", str(authority)])
    if done.code:
        return Trusted("Chromium", False, done.err.strip())
    return Trusted("Chromium", True, "~/.pki/nssdb; open browsers notice at their next start")


def _config(home: Path) -> Path:
    return home / ".config" / "rackhouse"


def _system_bundle() -> str:
    known = (ssl.get_default_verify_paths().cafile, *_SYSTEM_BUNDLES)
    for file in known:
        if file and Path(file).exists():
            return Path(file).read_text()
    raise HostError(
        "this machine has no bundle of trusted authorities",
        fix="sudo apt install ca-certificates",
    )


def _write_block(file: Path, content: str) -> None:
    """Put `content` between our marks in `file`, or take the marks out when it is empty."""
    text = read_text(file) or ""
    if BEGIN in text and END in text:
        before, _, rest = text.partition(BEGIN)
        text = before.rstrip("\n") + "\n" + rest.partition(END)[2].lstrip("\n")
    if content:
        text = f"{text.rstrip()}\n{BEGIN}\n{content}\n{END}\n".lstrip("\n")
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    write_atomic(file, text, mode)
