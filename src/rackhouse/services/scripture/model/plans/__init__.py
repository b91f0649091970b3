"""What to read on which day: plans, the verse of a day, and chance. All of it follows from a date
or from a seed, so it is the same wherever it is asked.
"""
