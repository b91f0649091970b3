"""Runs: what a push sets going, from the queue to the release. Each is a process of its own.

queue    which run may begin, which was cut        log      what a run says, as lines of JSON
"""
