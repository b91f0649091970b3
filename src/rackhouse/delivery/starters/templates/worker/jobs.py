"""A queue of jobs in Redis: a worker that is killed loses none, and each is taken by one worker."""

from collections.abc import Callable

from redis import Redis

KEPT = 20  # results that the page shows


class Jobs:
    """Texts that wait, are worked on, and are done."""

    def __init__(self, store: Redis, name: str):
        self.store = store
        self.waiting, self.taken, self.done = (
            f"{name}:{state}" for state in ("waiting", "taken", "done")
        )

    def add(self, job: str) -> None:
        self.store.lpush(self.waiting, job)

    def state(self) -> tuple[int, list[str]]:
        """How many wait, and the newest results."""
        return self.store.llen(self.waiting), self.store.lrange(self.done, 0, KEPT - 1)

    def take_up(self) -> None:
        """Put what a killed worker had taken back to where it waited."""
        while self.store.lmove(self.taken, self.waiting, "LEFT", "RIGHT"):
            pass

    def work(self, perform: Callable[[str], str], patience: float = 1) -> bool:
        """Take one job and perform it; false where none came within so many seconds."""
        job = self.store.blmove(self.waiting, self.taken, patience, "RIGHT", "LEFT")
        if job is None:
            return False
        result = perform(job)
        with self.store.pipeline(transaction=True) as both:  # done, and no longer taken
            both.lpush(self.done, result).ltrim(self.done, 0, KEPT - 1)
            both.lrem(self.taken, 1, job).execute()
        return True
