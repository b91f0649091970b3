"""What-if, by ticking: the report of `rack.whatif` for a question that stands in the address.

asked    the question: what is taken away, what is added (pure)
pages    the page, and the look of a report

Nothing is asked of a machine and nothing is changed, here as on the command line.
"""
