"""What an owner does with a rack besides deploying: up, down, status, doctor, backup, trust.

Use cases as functions; the command line and the console are two thin callers of them.
"""
