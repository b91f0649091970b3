"""Is it ready? Asks by TCP, HTTP or a command, and says what it was answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rackhouse.kit import process
from rackhouse.kit.errors import RackhouseError
from rackhouse.supervisor.clock import Clock

_FIRST, _LONGEST = 0.01, 0.25  # seconds between questions: a start is quick, or it takes long
_PATIENCE = 10.0  # seconds for one answer


async def until_ready(
    probe: Mapping[str, object],
    env: Mapping[str, str],
    folder: Path,
    clock: Clock,
    say: Callable[[str], None],
) -> None:
    """Return when the probe (see `Unit`) answers; tell `say` why not, each time that it does not.

    A command is run in `folder` with `env`.
    """
    match probe:
        case {"alive": int() | float() as seconds}:
            await clock.sleep(seconds)
            return
    pause = _FIRST
    while refusal := await _ask(probe, env, folder):
        say(refusal)
        await clock.sleep(pause)
        pause = min(pause * 1.5, _LONGEST)


def port_of(probe: Mapping[str, object]) -> int:
    """Where it asks; 0: nowhere."""
    match probe:
        case {"tcp": int(port)}:
            return port
        case {"http": str(url)}:
            return urlsplit(url).port or 80
    return 0


async def _ask(probe: Mapping[str, object], env: Mapping[str, str], folder: Path) -> str:
    """Nothing when it is ready, else what it answered."""
    match probe:
        case {"tcp": int(port)}:
            return await _tcp("127.0.0.1", port)
        case {"http": str(url), **more}:
            headers = more.get("headers")
            return await _http(url, headers if isinstance(headers, dict) else {})
        case {"command": [*argv]}:
            return await _command([str(word) for word in argv], env, folder)
    raise AssertionError(f"units.read lets no such probe pass: {probe}")


async def _tcp(host: str, port: int) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        return f"{host}:{port} does not accept connections{_reason(error)}"
    writer.close()
    return ""


async def _http(url: str, headers: Mapping[str, str]) -> str:
    """GET `url`, the head of the answer alone. No TLS: a probe never leaves this machine."""
    parts = urlsplit(url)
    name = f"GET {parts.scheme}://{parts.netloc}{parts.path}"  # without the query: tokens
    query = f"?{parts.query}" if parts.query else ""
    lines = [f"GET {parts.path or '/'}{query} HTTP/1.1", f"Host: {parts.netloc}"]
    fields = {"User-Agent": "rackhouse-probe", "Connection": "close", **headers}
    lines += [f"{key}: {value}" for key, value in fields.items()]
    try:
        async with asyncio.timeout(_PATIENCE):
            status = await _exchange(parts.hostname or "", parts.port or 80, lines)
    except (OSError, TimeoutError, ValueError) as error:
        return f"{name} fails{_reason(error)}"
    return "" if 200 <= status < 400 else f"{name} answers {status}"


async def _exchange(host: str, port: int, lines: list[str]) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        version, _, rest = (await reader.readline()).partition(b" ")
        if not version.startswith(b"HTTP/"):
            raise ValueError("not an HTTP answer")
        return int(rest.split(b" ")[0])
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _command(argv: list[str], env: Mapping[str, str], folder: Path) -> str:
    try:
        done = await process.run(argv, env=env, folder=folder, timeout=_PATIENCE)
    except RackhouseError as error:
        return f"the probe cannot be asked: {error.what}"
    return "" if done.code == 0 else f"the probe {argv[0]} ends with {done.code}: {done.last}"


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f": no answer within {_PATIENCE:g} s"
    if isinstance(error, OSError):
        return f": {error.strerror or error}".lower()
    return f": {error}"
