"""The page and the HTTP API of a rack: a small program that reads, and asks others to act.

    settings    what it is told when it starts          pages       what a person looks at
    passes      one-time links, sessions, tickets       api         what a program asks
    guard       who may speak to it, and from where     events      what changed, as it changes
    doors       which application answers at an origin  picture     the rack, drawn
    identity    who the ingress may tell an application is asking

It never changes the rack itself: what changes something calls the functions that the command line
calls. It must be small at rest, so nothing here imports a database driver at the top.
"""
