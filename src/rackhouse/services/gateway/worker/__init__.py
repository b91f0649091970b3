"""The built-in embedder: a process beside the gateway that turns texts into vectors."""
