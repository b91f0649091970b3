"""Pages to read: rendered here, whole. A script adds comfort, and nothing needs it."""
