"""The process that reads what may be hostile: PDF and HTML. It has little memory and little time,
and it alone ends when a document takes more.

    __main__ (limits, stdin -> stdout) -> read
    reader (starts it for a document, from within the service)
"""
