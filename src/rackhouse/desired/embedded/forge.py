"""The forge: git over HTTP, and the queue of runs. Only where the machine has git."""

from __future__ import annotations

from rackhouse.desired.embedded.ingress import HTTPS_PORT
from rackhouse.desired.embedded.part import HERE, Part, argv, machine, version
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.machine import HttpProbe, Port, Process, Program
from rackhouse.resources.tools import Tools

PORT = machine("port", "forge")
PROCESS = machine("process", "forge")


def host(rack: Rack) -> str:
    """The name at which git finds it."""
    return f"git.{rack.domain}"


def forge(rack: Rack, tools: Tools, console: Text) -> Part:
    """`console` is the port of the console's own door. Nothing here names the rack file: a push to
    the repository `rack` changes that, and must not restart the one who applies it.
    """
    number, https = Text.of(PORT.ref("number")), Text.of(":", HTTPS_PORT.ref("number"))
    url = Text.of(f"http://{HERE}:", number)
    program = Program(
        command=argv(tools.python, "-m", "rackhouse.forge", "."),  # started in the state folder
        env=(
            ("RACKHOUSE_FORGE_PORT", number),
            ("RACKHOUSE_FORGE_URL", Text.of(f"https://{host(rack)}", https)),
            ("RACKHOUSE_CONSOLE_URL", Text.of(f"https://{rack.domain}", https)),
            ("RACKHOUSE_CONSOLE_PLAIN", Text.of("http://localhost:", console)),
            version(tools, "rackhouse"),
        ),
    )
    process = Process(program=program, probe=HttpProbe(Text.of(url, "/healthz")), grace=20.0)
    return Part(
        resources=(Resource(id=PORT, spec=Port()), Resource(id=PROCESS, spec=process)),
        outputs={"port": number, "url": url},
    )
