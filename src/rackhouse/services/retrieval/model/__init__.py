"""What retrieval speaks of: passages, how texts are cut into them, and how they are ranked. Pure."""
