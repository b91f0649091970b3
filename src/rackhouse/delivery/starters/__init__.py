"""Applications to start from: `templates/` has each as a folder of real files, called `my-app`.

A template is read as data and never imported. What it installs is pinned to what the examples
install, so that its first push needs nothing that they do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PLACE = Path(__file__).with_name("templates")
NAME = "my-app"  # in the files; made the application's own
MODELS = "#: "  # before lines that hold on a rack which answers for models

TEMPLATES: Mapping[str, str] = {
    "api": "a JSON API, with PostgreSQL and migrations",
    "web": "pages with a form, and sessions in Redis",
    "worker": "a queue, a worker, and a page that gives it work",
    "static": "a site of plain files",
    "ai": "a page that asks a language model",
}
