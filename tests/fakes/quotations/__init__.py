"""True and false quotations by the thousand, and a judge of what leaves of them."""
