"""What `gateway.py` is made of: a scripted upstream, a load, and the ways between the two."""
