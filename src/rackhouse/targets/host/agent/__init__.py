"""The program that runs on a host while an apply does: looks, changes, undoes; then it is gone.

It is sent as source over the channel and runs with the Python that the host has: 3.9 or newer, and
no more of the standard library than Debian's python3-minimal holds (no json, no shutil). So it
imports little, and nothing of Rackhouse but itself. It is never run on this machine.
"""
