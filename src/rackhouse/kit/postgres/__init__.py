"""What every service with a PostgreSQL needs: the way there, tables that come up to date by
themselves, and one word in the log when it is away.
"""
