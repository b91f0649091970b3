"""What a folder without a score.yaml says of itself: one module per kind of marker file. Pure.

Each answers a `Draft`, or None where its files say nothing. `app.infer` chooses and joins.
"""
