"""How to start a Node project: its start script, its main file, or the site it builds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rackhouse.app.inference.deps import node_dependencies, package_json, scripts
from rackhouse.app.inference.draft import PORT, Draft, Listing, Program

MARKERS = ("package.json",)

_WEB = {"express", "fastify", "koa", "@hapi/hapi", "hono", "@hono/node-server", "next", "nuxt"}
_WEB |= {"@nestjs/core", "ws", "socket.io", "http-server", "serve", "restify", "polka", "h3"}
_WEB |= {"@remix-run/serve", "@sveltejs/kit", "astro", "micro", "json-server", "vite"}
_SERVES = re.compile(r"\.listen\(|createServer\(|process\.env\.PORT")
_FILES = ("server.js", "server.mjs", "index.js", "index.mjs", "app.js", "main.js")
_OUTPUT: Mapping[str, str] = {  # where a site's builder puts it
    "vite": "dist",
    "astro": "dist",
    "react-scripts": "build",
    "@11ty/eleventy": "_site",
    "@vue/cli-service": "dist",
    "gatsby": "public",
    "@docusaurus/core": "build",
    "parcel": "dist",
    "vitepress": ".vitepress/dist",
}


def node(listing: Listing) -> Draft | None:
    """The draft of a Node project."""
    if "package.json" not in listing:
        return None
    project, known = package_json(listing), node_dependencies(listing)
    run = scripts(project, "scripts")
    main = scripts(project).get("main", "")
    build = (("rackhouse.dev/build", "npm run build"),) if "build" in run else ()
    if "start" in run:
        return _program(listing, ("npm", "start"), known, build)
    every = known | scripts(project, "devDependencies").keys()
    output = next((folder for name, folder in _OUTPUT.items() if name in every), "")
    if build and output:
        kind = (("rackhouse.dev/kind", "static"), ("rackhouse.dev/folder", output))
        site = Program(name="site")
        return Draft(source="package.json", programs=(site,), annotations=(*kind, *build))
    file = next((name for name in (main, *_FILES) if name in listing), "")
    return _program(listing, ("node", file), known, build) if file else None


def _program(
    listing: Listing,
    command: tuple[str, ...],
    known: frozenset[str],
    annotations: tuple[tuple[str, str], ...],
) -> Draft:
    texts = (text for path, text in listing.items() if path.endswith((".js", ".mjs", ".ts")))
    if known & _WEB or any(_SERVES.search(text) for text in texts):
        program, note = Program(name="web", command=command), "It must listen on process.env.PORT."
        return Draft(
            source="package.json",
            programs=(program,),
            port=PORT,
            annotations=annotations,
            notes=(note,),
        )
    return Draft(
        source="package.json",
        programs=(Program(name="worker", command=command),),
        annotations=annotations,
        notes=("Nothing here listens on a port: taken for a worker.",),
    )
