"""Anthropic's messages beside OpenAI's chat: requests, answers and streams, each way.

What one of them cannot say is left out where the meaning stays (a marker of a cache, thoughts), and
refused by its field where it would not.
"""
