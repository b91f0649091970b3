"""Jobs from the queue to their results, with lists in memory instead of Redis."""

import unittest
from collections import defaultdict

from jobs import Jobs
from worker import perform


class Memory:
    """As much of Redis as the queue needs."""

    def __init__(self):
        self.lists = defaultdict(list)

    def lpush(self, name, value):
        self.lists[name].insert(0, value)
        return self

    def llen(self, name):
        return len(self.lists[name])

    def lrange(self, name, first, last):
        return self.lists[name][first : last + 1]

    def ltrim(self, name, first, last):
        self.lists[name] = self.lrange(name, first, last)
        return self

    def lrem(self, name, count, value):
        self.lists[name].remove(value)
        return self

    def lmove(self, source, target, start, end):
        if not self.lists[source]:
            return None
        value = self.lists[source].pop(0 if start == "LEFT" else -1)
        self.lists[target].insert(0 if end == "LEFT" else len(self.lists[target]), value)
        return value

    def blmove(self, source, target, patience, start, end):
        return self.lmove(source, target, start, end)

    def pipeline(self, transaction):
        return self

    def execute(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Work(unittest.TestCase):
    def setUp(self):
        self.jobs = Jobs(Memory(), "test")

    def test_jobs_are_done_in_their_order(self):
        for word in ("one", "two"):
            self.jobs.add(word)
        self.assertTrue(self.jobs.work(perform))
        self.assertEqual(self.jobs.state(), (1, [perform("one")]))
        self.assertTrue(self.jobs.work(perform))
        self.assertEqual(self.jobs.state(), (0, [perform("two"), perform("one")]))
        self.assertFalse(self.jobs.work(perform))

    def test_a_job_whose_worker_is_killed_is_done_by_the_next(self):
        for word in ("one", "two"):
            self.jobs.add(word)
        with self.assertRaises(KeyboardInterrupt):
            self.jobs.work(self.killed)
        self.assertEqual(self.jobs.state(), (1, []))
        self.jobs.take_up()
        self.jobs.work(perform)
        self.assertEqual(self.jobs.state(), (1, [perform("one")]))

    def killed(self, job: str) -> str:
        raise KeyboardInterrupt

    def test_what_a_job_is(self):
        self.assertIn("kcar", perform("rack"))
