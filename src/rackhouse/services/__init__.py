"""Services: ordinary applications that come with Rackhouse. Each imports of ours only `kit`.

No service imports another, and the platform knows them as files: it deploys each from its own
score.yaml, as it would a stranger's.
"""
