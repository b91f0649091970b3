"""Performs the jobs that wait, one after the other. Told to end, it ends the one at hand first."""

import os
import signal

from redis import Redis

from jobs import Jobs


def perform(job: str) -> str:
    """The work itself: yours goes here."""
    return f"{job} has {len(job)} letters, and backwards it is {job[::-1]}"


def main() -> None:
    goes_on = [True]
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: goes_on.clear())
    store = Redis.from_url(os.environ["QUEUE_URL"], decode_responses=True)
    jobs = Jobs(store, os.environ["QUEUE"])
    jobs.take_up()
    print("waiting for jobs", flush=True)
    while goes_on:
        if jobs.work(perform):
            print("one is done", flush=True)


if __name__ == "__main__":
    main()
