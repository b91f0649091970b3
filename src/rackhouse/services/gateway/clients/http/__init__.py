"""HTTP/1.1 to upstreams, no more of it than a gateway needs, since each request pays for it."""
