"""PostgreSQL: what people keep. Each statement is made as one person, who sees no other's rows."""
