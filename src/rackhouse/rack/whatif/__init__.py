"""What-if: what stops, what goes on, what fits and what it costs when a rack changes. Pure.

Everything follows from the rack file. What the file does not say (what an application takes, what
a machine costs) is named as unknown, never guessed.
"""

from rackhouse.rack.whatif.report import Loss, Report, losses, report
from rackhouse.rack.whatif.situation import Change, Situation

__all__ = ["Change", "Loss", "Report", "Situation", "losses", "report"]
