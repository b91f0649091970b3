"""The services that study asks, each by HTTP alone."""
