"""Images built from scratch out of Debian's static busybox: as an archive, and for a registry."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
_APPLETS = ("sh", "httpd", "sleep", "cat", "echo", "ls", "stat", "wget", "id", "test", "true")
_SCRIPTING = ("nc", "head", "sed", "rm", "touch", "mkdir")


@dataclass(frozen=True)
class Tiny:
    """One image: busybox, and a page that says `word`. Another word is another image. `scripts` are
    programs beside it (path, text), the first of which is then what it starts with its command.
    """

    word: str
    user: str = ""
    scripts: tuple[tuple[str, str], ...] = ()

    @cached_property
    def layer(self) -> bytes:
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as tar:
            for folder in (".", "bin", "www"):
                entry = tarfile.TarInfo(folder)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(entry)
            _add(tar, "bin/busybox", BUSYBOX.read_bytes(), 0o755)
            for applet in (*_APPLETS, *(_SCRIPTING if self.scripts else ())):
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
            for path, text in self.scripts:
                _add(tar, path, text.encode(), 0o755)
            _add(tar, "www/index.html", f"{self.word}\n".encode(), 0o644)
        return made.getvalue()

    @cached_property
    def config(self) -> bytes:
        return json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": self._starts,
                "rootfs": {"type": "layers", "diff_ids": [_digest(self.layer)]},
            }
        ).encode()

    @property
    def _starts(self) -> dict[str, object]:
        if self.scripts:
            return {"Entrypoint": [f"/{self.scripts[0][0]}"]}
        return {"Cmd": ["/bin/sh"], "User": self.user}

    @property
    def id(self) -> str:
        return _digest(self.config)

    def save(self, file: Path, *tags: str) -> str:
        """An archive as `docker save` writes it. Answers its path."""
        name = self.id.partition(":")[2]
        manifest = [{"Config": f"{name}.json", "RepoTags": list(tags), "Layers": ["layer.tar"]}]
        with tarfile.open(file, "w") as tar:
            _add(tar, f"{name}.json", self.config, 0o644)
            _add(tar, "layer.tar", self.layer, 0o644)
            _add(tar, "manifest.json", json.dumps(manifest).encode(), 0o644)
        return str(file)

    def publish(self, folder: Path) -> str:
        """Lay it where `registry.py` finds it; answers the digest to pull it by."""
        kind = "application/vnd.docker."
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": f"{kind}distribution.manifest.v2+json",
                "config": _blob(f"{kind}container.image.v1+json", self.config),
                "layers": [_blob(f"{kind}image.rootfs.diff.tar", self.layer)],
            }
        ).encode()
        for content in (manifest, self.config, self.layer):
            (folder / _digest(content)).write_bytes(content)
        return _digest(manifest)


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))


def _blob(kind: str, content: bytes) -> dict[str, object]:
    return {"mediaType": kind, "size": len(content), "digest": _digest(content)}


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
