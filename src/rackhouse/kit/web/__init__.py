"""What services of ours say over HTTP in the same way. `problem` is pure; `answers` needs the
msgspec and Starlette that each of them brings.
"""
