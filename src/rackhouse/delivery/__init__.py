"""What changes which release of an application runs: deploy, rollback, remove, env, secrets, sync.

Each makes releases and hands them to `live.go_live`: there is one way to change what runs. Nothing
here starts, stops or routes anything; that follows from planning with other releases.
"""
