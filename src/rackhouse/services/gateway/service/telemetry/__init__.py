"""What is seen of the gateway: log, accounts, metrics, spans. A request only leaves its record
here; everything else is done a moment later, for many at once. Decides nothing about requests.
"""
