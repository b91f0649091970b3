"""Routing by measured quality: what is asked (classify), whether an answer holds (verify, judge),
how often it does (book, estimate), who therefore answers first (order), and what a second model
would have said (shadow). Knows no HTTP and no SQL.
"""
