"""The rack file: parsed with line numbers into a frozen model, and every rule about it.

Pure: text in, `Rack` or `FileError` (all problems at once) out.

    model      what a rack is: the one source of parser, JSON Schema and reference page
    load       text -> Rack;  write: Rack -> text;  migrate: older text -> today's
    rules/     what makes no sense, in a table that one can read
    capacity   what it has and draws
    whatif/    what stops, fits and costs when it changes
"""

from rackhouse.rack.load import load
from rackhouse.rack.model import Rack

__all__ = ["Rack", "load"]
