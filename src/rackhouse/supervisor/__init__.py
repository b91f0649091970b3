"""Keeps unit files running, as systemd does. Knows no rack, no plan, no application.

In: `units/NAME.json` (see `unit.py`). Out: `states/NAME.json` and `logs/NAME.log`. SIGHUP: read the
units now rather than within half a second. Nothing else crosses the border.
"""
