"""The pages of runs, of releases side by side, and of who did what.

    pages     the runs, one run, its buttons      releases  two compared, and going back to one
    stages    a run's jobs as a graph             history   what each release was made of
    drawing   that graph as a picture             compare   what is other in its configuration
    state     what became of a run, and why       code      what is other in its code
    tail      the log file, by numbered lines     audit     who did what to which thing
    sheet     those lines by job and step         ansi      what programs colour, as markup
    show      that as HTML, whole or in pieces    stream    the pieces, while they are said
    numbers   pages and lines in addresses

They read; what changes something calls the functions that the command line calls.
"""
