"""The forge: git over HTTP, and the queue of runs kept going. Runs no pusher's code itself.

door       who is asking, and for what           backend  git http-backend, streamed both ways
tries      bad tokens, counted                   hooks    what git asks in a push: the other
lanes      how many packs at once                         end of `hook`, a program of its own
scheduler  workers, and what no hook reported    pushes   from git's refs to the queue
"""
