"""The pages over HTTP, as a browser with cookies asks for them; sessions are in memory."""

import contextlib
import threading
import time
import unittest
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import uvicorn

from main import web
from sessions import Sessions


class Memory(dict):
    """As much of Redis as sessions need."""

    async def get(self, key):
        return super().get(key)

    async def set(self, key, value, ex):
        self[key] = value


@contextlib.asynccontextmanager
async def remembered():
    yield Sessions(Memory(), "test:")


class Pages(unittest.TestCase):
    def setUp(self):
        self.server = uvicorn.Server(uvicorn.Config(web(remembered), port=0, log_level="error"))
        thread = threading.Thread(target=self.server.run)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(setattr, self.server, "should_exit", True)
        while not self.server.started:
            time.sleep(0.01)
        self.origin = "http://%s:%d/" % self.server.servers[0].sockets[0].getsockname()

    def test_each_visitor_is_known_by_name(self):
        ada, other = build_opener(HTTPCookieProcessor()), build_opener(HTTPCookieProcessor())
        self.assertIn("Hello.", self.read(ada))
        self.assertIn("Hello, Ada &lt;3.", self.read(ada, name="Ada <3"))
        self.assertIn("Hello, Ada &lt;3.", self.read(ada))
        self.assertIn("Hello.", self.read(other))

    def test_a_name_is_asked_for_again(self):
        for name in ("", "x" * 41):
            with self.subTest(name=name), self.assertRaises(HTTPError) as refused:
                self.read(build_opener(), name=name)
            self.assertEqual(refused.exception.code, 400)
            refused.exception.close()

    def read(self, browser, **form: str) -> str:
        with browser.open(self.origin, urlencode(form).encode() if form else None) as answer:
            return answer.read().decode()
