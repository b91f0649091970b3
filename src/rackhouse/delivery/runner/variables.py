"""The environment that a job begins with: little of this machine's, nothing of this rack's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"
# How this machine speaks, trusts and reaches package indexes: without it nothing installs behind a
# proxy or a mirror.
_WORDS = ("LC_ALL", "TZ", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_FAMILIES = ("SSL_CERT_", "PIP_", "UV_", "NPM_CONFIG_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


def environment(caches: Path, ours: Mapping[str, str] = os.environ) -> dict[str, str]:
    """`caches`: what pip, uv and npm fetched for this repository stays there for its next run."""
    kept = {name: value for name, value in ours.items() if _is_kept(name.upper())}
    return kept | {
        "PATH": path(ours.get("PATH", "") or _DEFAULT_PATH),
        "LANG": ours.get("LANG", "C.UTF-8"),
        "CI": "true",
        "PAGER": "cat",  # act gives steps a terminal, at which nobody presses a key
        "GIT_PAGER": "cat",
        "PIP_CACHE_DIR": str(caches / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_CACHE_DIR": str(caches / "uv"),
        "UV_LINK_MODE": "copy",  # the cache is another mount there: no hard link leads across
        "UV_NO_PROGRESS": "1",
        "npm_config_cache": str(caches / "npm"),
        "npm_config_update_notifier": "false",
    }


def path(ours: str) -> str:
    """PATH without our own programs: `python` is the machine's, not the one we run by."""
    own = Path(sys.prefix)
    folders = (Path(name) for name in ours.split(os.pathsep) if name)
    kept = (str(folder) for folder in folders if own != folder and own not in folder.parents)
    return os.pathsep.join(kept) or _DEFAULT_PATH


def _is_kept(name: str) -> bool:
    return name in _WORDS or name in _PROXIES or name.startswith(_FAMILIES)
