"""What the gateway does with a request. Knows no HTTP: `api` speaks it, `clients` speak it."""
