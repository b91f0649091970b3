"""What benchmarks/retrieval*.py are made of."""
