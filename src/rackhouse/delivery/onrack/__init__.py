"""Delivery on a cluster: from an image that was pushed to a revision that serves.

    identity   an account of the application's own, for ten minutes
    records    the releases of an application, kept beside it
    judge      what a release may not change by itself
    turn       one change at a time
    writer     writes what it may
    granting   the rack's own release, which may change all of it
    learn      the rack that looks on learns of it
    release    the new one goes live, or the old one serves on
    previews   a branch beside the live one: opened, limited, taken down
    room       the namespace of one, and what is in it
    kept       what was chosen for it, in there

Knows no rack of its own: what it needs, the rack's apply left in the application's namespace.
"""
