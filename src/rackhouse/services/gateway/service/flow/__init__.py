"""The way of one request: ask, and what is done when nobody answers, or an answer breaks off."""
