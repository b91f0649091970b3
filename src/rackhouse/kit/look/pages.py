"""Rendering a page, and what its answer says to the browser about it."""

from __future__ import annotations

from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from rackhouse.kit.look.assets import Assets

_OURS = Path(__file__).parent / "templates"
HTML = "text/html; charset=utf-8"
# Nothing but our own files, no script or style within a page, and in no frame of anybody's.
GUARD = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def environment(templates: Path, assets: Assets) -> Environment:
    """The templates of a service over ours. Everything is escaped, and a name that is not given is
    an error.
    """
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(_OURS)]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = assets.address
    return made
