"""The built-in embedder: a process beside the gateway that turns texts into vectors.

    in the gateway:  keeper (starts it and keeps it), room (where its socket lies)
    once:            weights ─► bert, written as a graph or as int8 ─► build, into a cache
    in the process:  serve ─► asked, tokens ─► desk (whose turn it is), by batches ─► embedder

It speaks OpenAI's protocol on a Unix socket and knows nothing of the gateway but its form.
"""
