"""Rates of requests and tokens, with a minute's worth at once and then as it comes back.

rate      how much may go by, and when; pure
rates     what a replica admits, alone or together with the others through Redis
"""
