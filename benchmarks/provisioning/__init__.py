"""The same fifteen things in the words of three engines; `benchmarks/provision.py` runs them."""
