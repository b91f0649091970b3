"""How passages are ranked for a query: pure, and measured by tests/retrieval.

words -> lexical (BM25), bridge (words that translate each other), sequence (runs of words)
      -> dense (exact), neighbours -> mix -> search
"""
