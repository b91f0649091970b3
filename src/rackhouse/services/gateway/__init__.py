"""The AI gateway: one OpenAI-compatible door to every model. Data goes one way:

    api (parse, who asks) -> service (route, reserve, wait, ask, settle, note) -> clients

`model` is the vocabulary and imports nothing of the others; `store` has all SQL.
"""
