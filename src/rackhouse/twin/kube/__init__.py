"""A Kubernetes API server in memory: what the target is tested and rehearsed against.

A twin, no mock: it keeps objects, owns fields, refuses and answers in the words of the real server,
and small controllers make pods of deployments. What it has and has not is listed in
`docs/reference/kube-twin.md`; one suite runs against it and the real one. No container ever runs.
"""
