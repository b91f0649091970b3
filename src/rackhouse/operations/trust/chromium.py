"""The database in which Chromium and its kin on Linux look for authorities (NSS).

Written by NSS's own `certutil`. Where it is missing, a Debian-like system gives it to anybody: its
package is fetched and checked by apt, which needs no root for that, and unpacked beside our files.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import run_sync
from rackhouse.operations.trust.bundle import Bundle, prune
from rackhouse.operations.trust.outcome import Trusted

_TOOL, _PACKAGE = "Chromium", "libnss3-tools"
_MINE = "nss-made"  # there: the database is ours
_PATIENCE = 30.0  # seconds


def trust(home: Path, rack: str, bundle: Bundle) -> Trusted:
    """Add the rack's authority. Without `certutil` it is not done, and the answer says the fix."""
    certutil = _found(bundle) or _fetched(bundle)
    if certutil is None:
        fix = f"fix: sudo apt install {_PACKAGE}, then run this again"
        return Trusted(_TOOL, False, fix)
    folder = _database(home)
    database = f"sql:{folder}"
    if not (folder / "cert9.db").exists():
        make_folder(folder)
        run_sync([certutil, "-d", database, "-N", "--empty-password"])
        (bundle.folder / _MINE).touch()
    name = _nickname(rack)
    run_sync([certutil, "-d", database, "-D", "-n", name])
    argv = [certutil, "-d", database, "-A", "-t", "C,,", "-n", name]
    done = run_sync([*argv, "-i", str(bundle.of_rack(rack))])
    if done.code:
        return Trusted(_TOOL, False, done.last)
    return Trusted(_TOOL, True, "open browsers notice at their next start")


def distrust(home: Path, rack: str, bundle: Bundle) -> Trusted:
    """Take it out again, and the database with it where that was made for us alone."""
    folder, certutil = _database(home), _found(bundle)
    if not (folder / "cert9.db").exists():
        return Trusted(_TOOL, True, "did not trust the rack")
    if certutil is None:
        return Trusted(_TOOL, False, f"fix: sudo apt install {_PACKAGE}, then run this again")
    run_sync([certutil, "-d", f"sql:{folder}", "-D", "-n", _nickname(rack)])
    left = run_sync([certutil, "-d", f"sql:{folder}", "-L"]).out
    if (bundle.folder / _MINE).exists() and "," not in left.partition("S/MIME,JAR/XPI")[2]:
        shutil.rmtree(folder)
        prune(folder.parent, home)
    return Trusted(_TOOL, True, "no longer trusts the rack")


def _database(home: Path) -> Path:
    return home / ".pki" / "nssdb"


def _nickname(rack: str) -> str:
    return f"Rackhouse {rack}"


def _found(bundle: Bundle) -> str | None:
    return shutil.which("certutil") or shutil.which(str(_fetched_to(bundle)))


def _fetched_to(bundle: Bundle) -> Path:
    return bundle.folder / "nss" / "usr" / "bin" / "certutil"


def _fetched(bundle: Bundle) -> str | None:
    """Get `certutil` from the distribution; None where that is not possible."""
    folder = bundle.folder / "nss"
    make_folder(folder)
    try:
        run_sync(["apt-get", "download", "-qq", _PACKAGE], folder=folder, timeout=_PATIENCE)
        for package in folder.glob(f"{_PACKAGE}_*.deb"):
            run_sync(["dpkg", "-x", str(package), str(folder)], timeout=_PATIENCE)
            package.unlink()
        certutil = _found(bundle)
        return certutil if certutil and run_sync([certutil, "-H"]).code in {0, 1} else None
    except RackhouseError:  # no apt, no network in time
        return None
