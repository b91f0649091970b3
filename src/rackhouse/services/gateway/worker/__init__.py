"""The built-in embedder: a process beside the gateway that turns texts into vectors.

    weights ──► bert ──► build (once, into a cache)         in the process, `__main__`
                            │
    tokens ──► embedder ◄── batches ◄── desk ◄── serve      in the process
    keeper                                                  in the gateway: starts it, keeps it

It speaks OpenAI's protocol on a Unix socket and knows nothing of the gateway but its form.
"""
