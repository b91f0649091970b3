"""The broker: who may push to a repository may release what comes from it, for ten minutes.

    asking      what a job asks, what it is answered: both ends read this
    gitea       whether a job's token may write its repository
    lending     a token of the application's account, where it comes from that repository
    pace        how often one address may ask
    previews    opened, closed, and taken down when they are over
    app         the routes, each behind the same questions
    serving     inside a pod of the cluster
    client      the job's end
    showing     the same, of previews

Keeps nothing: what may be lent to whom, the rack's apply wrote beside each application.
"""
