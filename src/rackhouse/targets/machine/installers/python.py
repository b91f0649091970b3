"""Python: a virtual environment, filled by uv from `uv.lock` or from hashed requirements.

Requirements without hashes are compiled first, and the result is kept beside the environment as
`requirements.lock`: put it into the project and the next machine installs the very same.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from rackhouse.kit.binaries import find_tools
from rackhouse.kit.files import read_text
from rackhouse.targets.machine.installers.work import Work

_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
# Options of a requirements file that say where packages come from: a compiled one lacks them.
_FROM = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index")


async def install(work: Work) -> None:
    """Fill `work.draft` with an environment that may be renamed."""
    uv = find_tools()["uv"]
    env = _environment()
    python = work.draft / "bin" / "python"
    make = ["venv", "--quiet", "--relocatable", "--no-project", "--allow-existing"]
    await work.run(
        [uv, *make, "--python", sys.executable, str(work.draft)], folder=work.snapshot, env=env
    )
    if not work.manifest:
        return
    if work.manifest == "uv.lock":
        env |= {"UV_PROJECT_ENVIRONMENT": str(work.draft)}
        sync = ["sync", "--frozen", "--no-install-project", "--no-dev", "--no-editable"]
        await work.run([uv, *sync, "--python", str(python)], folder=work.snapshot, env=env)
        return
    source = work.snapshot / work.manifest
    lock, options = source, []
    text = read_text(source) or ""
    if "--hash=" not in text:
        work.say(f"{work.manifest} has no hashes: resolving it now, once for this release")
        lock, options = work.draft / "requirements.lock", _options(text)
        compile_ = ["pip", "compile", "--quiet", "--generate-hashes", "--no-header"]
        where = ["--python", str(python), "--output-file", str(lock), str(source)]
        await work.run([uv, *compile_, *where], folder=work.snapshot, env=env)
    sync = ["pip", "sync", "--require-hashes", "--python", str(python)]
    await work.run([uv, *sync, *options, str(lock)], folder=work.snapshot, env=env)


def _environment() -> dict[str, str]:
    env = {"UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    if _AUTHORITIES.is_file():  # a company authority that this machine trusts, uv should trust too
        env |= {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}
    return env


def _options(text: str) -> list[str]:
    lines = (shlex.split(line, comments=True) for line in text.splitlines())
    return [w for words in lines if words and words[0].split("=")[0] in _FROM for w in words]
