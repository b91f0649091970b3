"""The words of the workflow syntax: keys, events, contexts, functions. Pure; only tables."""

from __future__ import annotations

TOP = (
    "name", "run-name", "on", "env", "defaults", "permissions", "concurrency", "jobs",
)  # fmt: skip
JOB = (
    "name", "needs", "runs-on", "strategy", "if", "env", "outputs", "services", "container",
    "steps", "timeout-minutes", "continue-on-error", "defaults", "permissions", "concurrency",
    "environment", "uses", "with", "secrets",
)  # fmt: skip
CALLING_JOB = (
    "name", "needs", "if", "uses", "with", "secrets", "strategy", "permissions", "concurrency",
)  # fmt: skip
STEP = (
    "name", "id", "if", "uses", "run", "with", "env", "shell", "working-directory",
    "timeout-minutes", "continue-on-error",
)  # fmt: skip
CONTAINER = ("image", "credentials", "env", "ports", "volumes", "options")
SERVICE = (*CONTAINER, "command", "entrypoint")
STRATEGY = ("matrix", "fail-fast", "max-parallel")
REF_FILTERS = ("branches", "branches-ignore", "tags", "tags-ignore")
PATH_FILTERS = ("paths", "paths-ignore")
INPUT = ("description", "required", "default", "type", "options", "deprecationMessage")
INPUT_KINDS = ("string", "boolean", "number", "choice", "environment")
SCOPES = (
    "actions", "artifact-metadata", "attestations", "checks", "contents", "deployments",
    "discussions", "id-token", "issues", "models", "packages", "pages", "pull-requests",
    "repository-projects", "security-events", "statuses",
)  # fmt: skip

HAPPEN_HERE = ("push", "pull_request", "schedule", "workflow_dispatch", "workflow_call")
ELSEWHERE = (
    "branch_protection_rule", "check_run", "check_suite", "create", "delete", "deployment",
    "deployment_status", "discussion", "discussion_comment", "fork", "gollum", "image_version",
    "issue_comment", "issues", "label", "merge_group", "milestone", "page_build", "project",
    "project_card", "project_column", "public", "pull_request_review",
    "pull_request_review_comment", "pull_request_target", "registry_package", "release",
    "repository_dispatch", "status", "watch", "workflow_run",
)  # fmt: skip
PULL_REQUEST_HERE = ("opened", "synchronize", "reopened")  # what a pushed branch amounts to

CONTEXTS = (
    "github", "gitea", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "strategy",
    "matrix", "needs", "inputs",
)  # fmt: skip
FUNCTIONS = (
    "contains", "startsWith", "endsWith", "format", "join", "toJSON", "fromJSON", "hashFiles",
    "success", "always", "cancelled", "failure",
)  # fmt: skip
OPERATORS = ("!", "&&", "||", "==", "!=", "<", "<=", ">", ">=")
