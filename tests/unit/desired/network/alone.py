"""Programs that touch the network run in namespaces of their own, which end with them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_ALONE = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork")
# Every kind of rule that the compiled ones are made of: what this refuses is the kernel's lack.
_RULES = """\
table inet probe {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state { established, related } accept
		iifname "a" ip saddr != 10.0.0.0/8 drop
		iifname { "a", "b" } oifname "c" tcp dport { 22, 80 } accept
		icmp type echo-request accept
	}
}
table ip probe {
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "a" ip saddr { 10.0.0.0/24, 10.0.1.0/24 } masquerade
	}

	chain forward {
		type filter hook forward priority mangle; policy accept;
		oifname "a" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
	}
}
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program with a network, processes and mounts of its own."""
    return subprocess.run(
        [*_ALONE, "--kill-child", *command],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def skip_where_rules_cannot_be_tried(folder: Path, *tools: str) -> None:
    """Skip the test, with the reason, where nft or one of `tools` is missing or not allowed."""
    if lacking := [tool for tool in ("unshare", "nft", *tools) if shutil.which(tool) is None]:
        pytest.skip(f"not installed on this machine: {', '.join(lacking)}")
    probe = folder / "probe.nft"
    probe.write_text(_RULES)
    if (tried := run("nft", "-c", "-f", probe)).returncode:
        pytest.skip(f"this machine lets no test try rules: {tried.stderr.strip()}")
