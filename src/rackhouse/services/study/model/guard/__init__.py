"""The quotation guard: no word is presented as scripture that is not the text's own there.

    Holder    a stream of chunks as whole sentences
    clean     a sentence without what only changes how it looks; words, quotation marks, mentions
    Index     runs of words of all held translations, packed
    Guard     for each sentence a Verdict: what leaves, as plain text and as quotations
    Stream    the two together, with what one sentence says of the next

A *false accept* is a sentence that leaves although one of these holds of what leaves of it:

- a quotation's words are not, letter by letter, those of its verses in its translation;
- plain text in quotation marks, or that is introduced or signed in its sentence as the words of a
  reference, of a person of the Bible or of scripture itself, is not a run of the text's own words,
  or not of the verses that it is said to be of. It is of two words or more; of one where it stands
  beside its reference. Up to three words in quotation marks, which nothing introduces, are a term;
- plain text without any mark has six words or more that follow a verse with a word or two
  swapped, dropped, added or moved among them (of long ones a quarter, or what another translation
  has), and it is nearly all of its sentence; or ten or more, wherever they stand, that are too
  seldom a run to be chance;
- a sentence goes on with the verse that the one before it gave, and has other words than any text;
- plain text speaks of a verse that there is not as if there were.

Exact words may leave as plain text: they are the text's own. A rendering of a verse in which every
fourth word is another is nobody's quotation without marks (in quotation marks, or introduced, it is
one). What is said *about* scripture, right or wrong, is no concern of the guard: the claims are
judged by their citations.
"""
