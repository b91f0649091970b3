"""Wanted against seen: the steps that lead from one to the other. Pure.

Knows no clock, no chance, no target, no way to act: the same two values always give the same plan.
"""
