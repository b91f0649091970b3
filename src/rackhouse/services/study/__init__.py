"""Bible Logic: answers whose words of scripture the server wrote, and whose claims point at them.

    api (parse, shape) -> service (plan, loop, tools) -> store | clients (three services)

`model` is the vocabulary, the guard, the citations and the composing: pure, and knows none of them.
"""
