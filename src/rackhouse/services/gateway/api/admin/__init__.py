"""For the rack's owner: keys, budgets, and what is seen. Every path asks for the rack's own key."""
