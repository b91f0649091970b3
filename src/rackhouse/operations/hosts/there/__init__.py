"""Measures the machine that it is run on: sent over SSH. Changes nothing but one scratch file.

Python 3.9 and what python3-minimal has. `main` answers questions, a dictionary each; a fact that
cannot be measured is None. Nothing here judges: that is done where the questions come from.
"""
