"""The console: HTTP API, pages, push worker and timers. A process of the rack like any other."""

from __future__ import annotations

from rackhouse.desired.embedded.part import HERE, Part, argv, machine, vault, version
from rackhouse.rack.model import Rack
from rackhouse.resources.core import Resource, Text
from rackhouse.resources.machine import HttpProbe, Port, Process, Program
from rackhouse.resources.tools import Tools
from rackhouse.resources.vault import Password, Signer

SECRET, SIGNER = vault("secret", "console"), vault("signer", "console")
PORT = machine("port", "console")
PROCESS = machine("process", "console")


def console(rack: Rack, tools: Tools, rack_file: str = "") -> Part:
    """`rack_file` is absolute; empty for a rack without one."""
    number = Text.of(PORT.ref("number"))
    url = Text.of(f"http://{HERE}:", number)
    program = Program(
        command=argv(tools.python, "-m", "rackhouse.console", "."),  # started in the state folder
        env=(
            ("RACKHOUSE_CONSOLE_PORT", number),
            ("RACKHOUSE_CONSOLE_SECRET", Text.of(SECRET.ref("value"))),
            ("RACKHOUSE_RACK_FILE", Text.of(rack_file)),
            ("RACKHOUSE_SIGNING_KEY", Text.of(SIGNER.ref("private"))),
            version(tools, "rackhouse"),
        ),
    )
    process = Process(program=program, probe=HttpProbe(Text.of(url, "/healthz")))
    return Part(
        resources=(
            Resource(id=SECRET, spec=Password(), keep=True),
            Resource(id=SIGNER, spec=Signer(), keep=True),
            Resource(id=PORT, spec=Port(fixed=rack.ingress.console)),
            Resource(id=PROCESS, spec=process),
        ),
        outputs={"port": number, "url": url},
    )
