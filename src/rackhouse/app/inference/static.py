"""A folder with an index.html and nothing that starts: a static site. Pure."""

from __future__ import annotations

from rackhouse.app.inference.draft import Draft, Listing, Program

FOLDERS = (".", "public", "dist", "build", "_site", "site", "docs", "www", "html")


def static(listing: Listing) -> Draft | None:
    """The draft of a static site."""
    for folder in FOLDERS:
        if (index := "index.html" if folder == "." else f"{folder}/index.html") in listing:
            kind = (("rackhouse.dev/kind", "static"), ("rackhouse.dev/folder", folder))
            return Draft(source=index, programs=(Program(name="site"),), annotations=kind)
    return None
