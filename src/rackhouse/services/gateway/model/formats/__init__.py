"""What is said on the wire, turned from one form into another. Pure: no network, no clock."""
