"""The pages of repositories: what git has, readable, whoever wrote it and whatever they called it.

    pages    which pages there are         words    text that hides nothing
    asked    what a request asks for       links    addresses of these pages
    home     one repository, its branches  patch    what git says has changed, as values
    browse   folders and files             diffs    the same, within limits, coloured
    history  commits, comparisons          painter  has code coloured, in another process
    raw      a file as it is               paint    that process; `readme` is its second half

Nothing of a repository is believed: not a name, a link, a picture's address, a date, nor that a
lexer's patterns come to an end.
"""
