"""What retrieval speaks of: passages, how texts are cut into them, how they are ranked. Pure."""
