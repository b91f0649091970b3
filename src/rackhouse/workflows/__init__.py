"""What a workflow file says: triggers, jobs, steps. Pure: runs nothing, and reads no file itself.

The syntax is GitHub's, as Gitea runs it. What Rackhouse cannot do is refused here, with its line,
before anything runs.
"""
