"""Every link to a page or file of this site leads somewhere."""

import unittest
from html.parser import HTMLParser
from pathlib import Path

PUBLIC = Path(__file__).parent / "public"


class Links(HTMLParser):
    def __init__(self, page: Path):
        super().__init__()
        self.page, self.found = page, []
        self.feed(page.read_text())

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in {"href", "src"} and value and ":" not in value and value[0] != "#":
                self.found.append(value.partition("#")[0].partition("?")[0])

    def target(self, link: str) -> Path:
        start = PUBLIC if link.startswith("/") else self.page.parent
        path = start / link.lstrip("/")
        return path / "index.html" if path.is_dir() else path


class Site(unittest.TestCase):
    def test_no_link_is_broken(self):
        pages = sorted(PUBLIC.rglob("*.html"))
        self.assertIn(PUBLIC / "index.html", pages)
        for links in map(Links, pages):
            for link in links.found:
                with self.subTest(page=links.page.name, link=link):
                    self.assertTrue(links.target(link).is_file())
