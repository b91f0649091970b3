"""What people keep, over HTTP: each path is asked as the person who is signed in."""
