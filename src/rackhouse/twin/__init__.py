"""The twin: the whole rack on one machine, in network namespaces, to rehearse on.

Nodes are namespaces with a disk of their own, a real SSH server and, on demand, systemd; the switch
and the router are real ones in software. Whatever applies to a rack applies to its twin, with no
special case beyond the address (`reach.address`). Linux only, and root: it makes namespaces, which
it names after the folder that it lives in, and nothing else of the machine is touched.
"""
