"""One file per command. Each has a click command called `command`."""
