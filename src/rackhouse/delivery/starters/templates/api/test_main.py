"""The API over HTTP, with notes in memory instead of PostgreSQL."""

import contextlib
import json
import threading
import time
import unittest
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import uvicorn

from main import api


class Remembered:
    """As `notes.Notes`, and forgotten with the test."""

    def __init__(self):
        self.notes = {}

    async def newest(self):
        return list(reversed(self.notes.values()))

    async def add(self, text):
        number = len(self.notes) + 1
        self.notes[number] = {"id": number, "text": text, "written": "today"}
        return self.notes[number]

    async def remove(self, number):
        return self.notes.pop(number, None) is not None


@contextlib.asynccontextmanager
async def remembered():
    yield Remembered()


class Api(unittest.TestCase):
    def setUp(self):
        self.server = uvicorn.Server(uvicorn.Config(api(remembered), port=0, log_level="error"))
        thread = threading.Thread(target=self.server.run)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(setattr, self.server, "should_exit", True)
        while not self.server.started:
            time.sleep(0.01)
        self.origin = "http://%s:%d" % self.server.servers[0].sockets[0].getsockname()

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.origin + path, data, method=method), timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except HTTPError as error:
            return error.code, json.loads(error.read())

    def test_a_note_is_written_listed_and_removed(self):
        status, note = self.ask("POST", "/notes", {"text": " milk "})
        self.assertEqual((status, note["text"]), (201, "milk"))
        self.assertEqual(self.ask("GET", "/notes"), (200, [note]))
        self.assertEqual(self.ask("DELETE", f"/notes/{note['id']}"), (204, None))
        self.assertEqual(self.ask("GET", "/notes"), (200, []))
        self.assertEqual(self.ask("DELETE", f"/notes/{note['id']}")[0], 404)

    def test_what_is_no_note_is_refused(self):
        for body in ({}, [], {"text": 3}, {"text": "  "}, {"text": "x" * 1001}):
            with self.subTest(body=body):
                status, said = self.ask("POST", "/notes", body)
                self.assertEqual(status, 400)
                self.assertIn("error", said)

    def test_it_is_ready(self):
        self.assertEqual(self.ask("GET", "/healthz"), (200, {"ready": True}))
