"""Models as their gateway tells of them: who answers, how they are, what they cost, how good.

`door` finds the gateway, `wire` speaks with it, `seen` is what it says, as frozen values.
"""
