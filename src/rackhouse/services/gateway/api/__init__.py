"""HTTP: requests are parsed and judged here, and answers written. Decides nothing else."""
