"""The rack's own SSH key: chosen once, kept with the rack's secrets, shown by its public half."""

from __future__ import annotations

from pathlib import Path

from rackhouse.kit.files import make_folder, read_text, write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.resources.core import Id
from rackhouse.store.protocol import Store

_KEY = Id("vault", "key", "ssh")


def key_file(store: Store, paths: Paths) -> Path:
    """The private key as a file (0600), for whoever speaks SSH: Ed25519, OpenSSH's format."""
    file = paths.root / "ssh" / "id_ed25519"
    text = _chosen(store)
    if read_text(file) != text:
        make_folder(file.parent)
        write_atomic(file, text)
    return file


def public_key(store: Store, rack: str) -> str:
    """The line for authorized_keys."""
    from cryptography.hazmat.primitives import serialization as form

    private = form.load_ssh_private_key(_chosen(store).encode(), None)
    line = private.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    return f"{line.decode()} rackhouse@{rack}"


def _chosen(store: Store) -> str:
    chosen = store.values(_KEY) or store.choose(_KEY, lambda: {"private": _made()})
    return chosen["private"].reveal()


def _made() -> str:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem = form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()
    return key.private_bytes(*pem).decode()
