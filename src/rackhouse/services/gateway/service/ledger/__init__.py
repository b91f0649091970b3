"""Budgets that hold with any number of replicas: leases from PostgreSQL, arithmetic in memory.

prices    what a request costs at an upstream, and at the worst
budgets   which budgets bind a request
lease     the arithmetic within one lease; pure
purse     one budget as a replica sees it: the lease that it takes from, and how much it needs
ledger    reserve, settle, release
flush     tells PostgreSQL what was settled, gives back what is not needed
    books     how all budgets stand, for people
"""
