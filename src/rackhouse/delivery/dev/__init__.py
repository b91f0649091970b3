"""`rackhouse dev`: a working folder that is live as it is written, beside the application it is of.

    working  the application as it runs in a working folder
    session  it comes, it follows what its file says, it leaves
    watch    what has changed in a folder
    reload   the process that runs a command in the folder, anew after each change

It is a release like any other, made by the same plan: only that its programs run where a person
writes them, and not in the release's own copy.
"""
