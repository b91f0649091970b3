"""Questions to a model that the test itself plays, over HTTP."""

import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

from model import NoModel, ask


class Model(BaseHTTPRequestHandler):
    """Says the question backwards, in the words of the OpenAI API."""

    said = None  # what it answers instead

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        words = asked["messages"][-1]["content"][::-1]
        answer = self.said or json.dumps({"choices": [{"message": {"content": words}}]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


class Asking(unittest.TestCase):
    def setUp(self):
        self.server = HTTPServer(("127.0.0.1", 0), Model)
        thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        thread.start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.addCleanup(setattr, Model, "said", None)
        self.env = {"LLM_URL": f"http://127.0.0.1:{self.server.server_port}/v1"}

    def test_it_answers(self):
        self.assertEqual(ask("stressed", self.env), "desserts")

    def test_no_model_is_told(self):
        with self.assertRaisesRegex(NoModel, "has no model yet"):
            ask("anybody?", {})

    def test_a_model_that_is_away_is_told(self):
        with self.assertRaisesRegex(NoModel, "does not answer"):
            ask("anybody?", {"LLM_URL": "http://127.0.0.1:1/v1"})

    def test_nonsense_is_told(self):
        for said in ("[]", "hm", '{"choices": []}'):
            Model.said = said
            with self.subTest(said=said), self.assertRaisesRegex(NoModel, "not understood"):
                ask("what?", self.env)
