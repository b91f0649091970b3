"""The pages of runs, of releases side by side, and of who did what.

    pages     the runs, one run, its buttons      compare   what is other in another release
    stages    a run's jobs as a graph             releases  two compared, and going back to one
    drawing   that graph as a picture             audit     who did what to which thing
    tail      the log file, by numbered lines     ansi      what programs colour, as markup
    sheet     those lines by job and step         stream    what a run says while it says it
    state     what became of a run, in words

They read; what changes something calls the functions that the command line calls.
"""
