"""The machines of the rack file: which have joined, what was measured on them, what is on each.

sheet    what is known of each machine
facts    what was measured, in words (pure)
pages    the page, with the rack as a picture

Nothing is asked of a machine: what is shown is what joining, plans and applies wrote down.
"""
