"""Models in the console: who answers for which name, live traffic, spend, measured quality, and a
playground. The gateway is asked from here with the owner's key, which no browser ever sees.

    looking    what the gateway says just now        drawing    names and upstreams as a picture
    curve      cost and quality as a picture         asking     a question to one or two models
    pages      the addresses
"""
