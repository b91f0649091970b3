"""Draws the postcards that are waiting. Killed half way, a card is drawn again, the same."""

import asyncio
import hashlib
import html
import os
import signal
import textwrap
from pathlib import Path

from bullmq import Worker

CARDS = Path(os.environ["CARDS"])


def draw(greeting: str) -> str:
    hue = int(hashlib.sha256(greeting.encode()).hexdigest()[:4], 16) % 360
    hills = "".join(hill(i, (hue + 25 * i) % 360) for i in range(4))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400" role="img">'
        f'<rect width="600" height="400" fill="hsl({hue} 60% 88%)"/>'
        f'<circle cx="470" cy="110" r="46" fill="hsl({(hue + 40) % 360} 85% 72%)"/>{hills}'
        f'<g font-family="serif" font-size="42" fill="hsl({hue} 45% 22%)">'
        f"{words(greeting)}</g></svg>"
    )


def words(greeting: str) -> str:
    lines = enumerate(textwrap.wrap(greeting, 22))
    return "".join(f'<text x="40" y="{84 + 50 * i}">{html.escape(t)}</text>' for i, t in lines)


def hill(i: int, hue: int) -> str:
    path = (
        f"M0 {260 + 30 * i} Q 150 {170 + 40 * i} 300 {250 + 25 * i} T 600 {230 + 35 * i} V400 H0Z"
    )
    return f'<path d="{path}" fill="hsl({hue} 45% {62 - 12 * i}%)"/>'


async def process(job, token: str) -> str:
    file = CARDS / f"{job.id}.svg"
    unfinished = file.with_suffix(".tmp")
    unfinished.write_text(draw(job.data["greeting"]))
    unfinished.replace(file)
    print(f"drew card {job.id}", flush=True)
    return file.name


async def main() -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    options = {
        "connection": os.environ["QUEUE_URL"],
        "prefix": os.environ["QUEUE_PREFIX"],
        "lockDuration": 5000,
        "stalledInterval": 2000,
        "maxStalledCount": 3,
    }
    worker = Worker(os.environ["QUEUE_NAME"], process, options)
    print("waiting for orders", flush=True)
    await stop.wait()
    await worker.close()


if __name__ == "__main__":
    asyncio.run(main())
