"""How a document's text is cut into passages: at headings and sentences, nothing lost, no overlap.

text, markdown, html (blocks) -> pack (sentences -> passages of 80 to 120 words)
"""
