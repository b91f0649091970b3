"""The certificates that tools are pointed to: of all trusted racks, alone and with the system's.

They lie in the user's home and not in a rack's state folder: a tool whose bundle has gone with its
rack would trust nobody at all.
"""

from __future__ import annotations

import contextlib
import shutil
import ssl
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import make_folder, read_text, write_atomic

_SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Those of the user with this home."""

    home: Path

    @property
    def folder(self) -> Path:
        """Where all our files are."""
        return self.home / ".local" / "share" / "rackhouse" / "trust"

    @property
    def authorities(self) -> Path:
        """Those of the trusted racks alone: for who adds them to what it trusts anyway."""
        return self.folder / "authorities.pem"

    @property
    def everything(self) -> Path:
        """Those and the system's: for who trusts what is in a file and nothing else."""
        return self.folder / "bundle.pem"

    @property
    def racks(self) -> frozenset[str]:
        """The racks that are trusted."""
        return frozenset(file.stem for file in self.folder.glob("racks/*.pem"))

    def of_rack(self, rack: str) -> Path:
        """The certificate of one rack's authority."""
        return self.folder / "racks" / f"{rack}.pem"

    def add(self, rack: str, authority: str) -> None:
        """Trust a rack's authority (PEM), and write what is not so already."""
        make_folder(self.folder / "racks")
        self._write(self.of_rack(rack), authority)
        self._write_all()

    def remove(self, rack: str) -> None:
        """Trust it no longer."""
        self.of_rack(rack).unlink(missing_ok=True)
        if self.racks:
            self._write_all()

    def delete(self) -> None:
        """Remove all files, and the folders that hold nothing else."""
        shutil.rmtree(self.folder, ignore_errors=True)
        prune(self.folder.parent, self.home)

    def _write_all(self) -> None:
        ours = "".join(file.read_text() for file in sorted(self.folder.glob("racks/*.pem")))
        self._write(self.authorities, ours)
        self._write(self.everything, f"{_system()}\n{ours}")

    def _write(self, file: Path, content: str) -> None:
        if read_text(file) != content:
            write_atomic(file, content, 0o644)


def prune(folder: Path, below: Path) -> None:
    """Remove the folder if nothing is in it, and so on upwards, but never `below`."""
    with contextlib.suppress(OSError):  # not empty, or not there
        if folder != below:
            folder.rmdir()
            prune(folder.parent, below)


def _system() -> str:
    """What this machine trusts. Never by the environment, which may point to our own bundle."""
    for file in (ssl.get_default_verify_paths().openssl_cafile, *_SYSTEM):
        if Path(file).is_file():
            return Path(file).read_text(errors="replace")
    raise HostError(
        "this machine has no bundle of trusted authorities", fix="sudo apt install ca-certificates"
    )
