"""The page and the HTTP API of a rack: a small program that reads, and asks others to act.

    settings   what it is told when it starts         pages     what a person looks at
    desk       what every handler is given            picture   the rack, drawn
    guard      who may speak to it, and from where    api       what a program asks
    passes     one-time links, sessions, tickets      watch     looks again and again
    signin     how a link becomes a session           feed      what changed, in order
    doors      whose an address is                    streams   what is sent while it happens
    identity   who an application is told is asking   actions   what it can have done
    code       pages of repositories                  network   who may reach whom, and the cables
    machines   what is known of each machine          whatif    a rack that is changed in thought

It never changes the rack itself: what changes something calls the functions that the command line
calls, in a process of its own. So it stays small: nothing here imports a database driver.
"""
