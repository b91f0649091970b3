"""HTTP: what is asked is read here, and what is answered is shaped."""
