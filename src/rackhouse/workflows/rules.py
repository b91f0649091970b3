"""Every rule about workflow files by name, with the reason for it. Rules of YAML: `kit.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "job-action": "Found out in the middle of a run, it would have cost the time until then.",
    "job-call": "The jobs of the other file are a part of this run.",
    "job-container": "An image runs in a container engine and nowhere else.",
    "job-machine": "A job that no machine takes would be passed over, and look as if it passed.",
    "job-service": "A test against another database than the one it names proves nothing.",
    "job-shell": "The script would not even begin.",
    "workflow-cron": "A slip in a schedule must not wait for the night to be found.",
    "workflow-event": "A workflow that waits for what never happens would just never run.",
    "workflow-expression": "What cannot be read would end up empty in a command.",
    "workflow-if": (
        "Text beside `${{ }}` makes a text of the whole, and a text is true, whatever it says."
    ),
    "workflow-jobs": "It would run nothing, and look as if all had passed.",
    "workflow-key": "The syntax has no other key here, so it is most likely a slip.",
    "workflow-matrix": "What was meant to run would not, or hundreds of jobs that nobody meant.",
    "workflow-minutes": (
        "The runner passes over fractions, so the job would have no limit of its own."
    ),
    "workflow-missing": "The syntax demands it.",
    "workflow-name": "Expressions and other jobs could not name it, or not tell two apart.",
    "workflow-needs": "No order to run them in would be right.",
    "workflow-number": "YAML drops the last zero of a number: Python 3.10 would be Python 3.1.",
    "workflow-pattern": "A pattern that selects nothing, or everything, is most likely a slip.",
    "workflow-steps": "A step does one of two things: it runs a script or uses an action.",
    "workflow-type": "The syntax says another type.",
    "workflow-uses": "An action is chosen before the run, by name and version.",
    "workflow-value": "The field takes no such value.",
}
