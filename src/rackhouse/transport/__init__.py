"""Ways to a machine: bytes in, bytes out, to one program that runs there. Knows no target.

`ssh` reaches another machine, `local` starts a process of this one (for tests, in a root file
system or a namespace). Both are a `channel.Connection`.
"""
