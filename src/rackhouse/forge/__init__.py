"""The forge: git over HTTP, and the queue of runs kept going. Runs no pusher's code itself.

door      who is asking, and for what            backend   git http-backend, streamed both ways
tries     bad tokens, counted                    hooks     what git asks in a push: the other
scheduler workers, and what no hook reported               end of `hook`, a program of its own
upkeep    packing and tidying up, at night       app       everything wired
"""
