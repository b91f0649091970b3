"""Machines of the rack: how they join, and the key that opens them."""
