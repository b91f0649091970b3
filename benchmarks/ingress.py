"""Requests per second straight to an application's process, and through the ingress.

    python benchmarks/ingress.py

The static site of the examples, 32 connections that stay open, five seconds each way. The load
comes from this very process on the same cores: compare the two rows, not the figures with others.
"""

from __future__ import annotations

import asyncio
import json
import time

from racks import rack, table

CONNECTIONS, SECONDS = 32, 5.0


def main() -> None:
    with rack("site") as it:
        it.run("up", "--detach")
        status = json.loads(it.run("status", "--json"))
        app = next(a for a in status["applications"] if a["name"] == "site")
        route = json.loads((it.home / "routes" / "site.yaml").read_text())
        service = next(iter(route["http"]["services"].values()))
        straight = service["loadBalancer"]["servers"][0]["url"]
        ways = {"straight": straight, "through Traefik (plain door)": app["plain"]}
        rates = {name: asyncio.run(_rate(url)) for name, url in ways.items()}
    base = rates["straight"]
    rows = [(name, f"{rate:.0f} /s", f"{rate / base:.2f}") for name, rate in rates.items()]
    table(rows, ("requests", "measured", "ratio"))


async def _rate(url: str) -> float:
    host, _, port = url.split("/")[2].partition(":")
    until = time.perf_counter() + SECONDS
    counts = await asyncio.gather(*(_ask(host, int(port), until) for _ in range(CONNECTIONS)))
    return sum(counts) / SECONDS


async def _ask(host: str, port: int, until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    request, count = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode(), 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        await reader.readexactly(length)
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    main()
