"""What helps to find a place: search, reading plans, chance, cross-references and topics."""
