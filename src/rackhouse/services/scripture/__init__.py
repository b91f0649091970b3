"""Scripture: texts whose every word is the text's own, and the references that point at them.

    api (parse, shape) -> service (passages) -> store (one file of texts)

`model` is the vocabulary, the canon and the reader of references: pure, and knows none of them.
"""
