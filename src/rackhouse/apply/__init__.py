"""Make the world what was wanted: lock, look, plan, confirm, look again, act, journal.

The one layer with effects on a rack. `open.open_rack` wires everything together; `converge` is the
whole of an apply; `world` looks, `run` acts. Decides nothing that `plan` has not decided.
"""
