"""How upstreams are spoken with: a client for each protocol. Knows no keys, budgets or routes."""
