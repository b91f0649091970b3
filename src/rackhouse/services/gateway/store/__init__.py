"""All SQL of the gateway, and its migrations as numbered files. Decides nothing."""
