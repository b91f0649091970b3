"""The part of the fake that has commits: branches, pull requests, comments, statuses, archives."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REPOSITORY = "/repos/home/rack"
Answer = tuple[int, Any]


@dataclass
class History:
    """One repository. `commits` have files by path, `branches` lead to commits."""

    commits: dict[str, dict[str, str]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    locked: set[int] = field(default_factory=set)  # pull requests that take no comment
    statuses: list[tuple[str, str, str, str]] = field(default_factory=list)
    packed: dict[str, bytes] = field(default_factory=dict)  # in place of what a commit has

    def commit(self, branch: str, files: Mapping[str, str]) -> str:
        """A branch has these files; its new commit."""
        text = f"{len(self.commits)} {branch} {sorted(files.items())}"
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.commits[sha] = dict(files)
        self.branches[branch] = sha
        for pull in self.pulls.values():
            if pull["state"] == "open" and pull["head"]["ref"] == branch:
                pull["head"]["sha"] = sha
        return sha

    def pull(self, head: str, base: str = "main") -> int:
        """A pull request is opened; its number."""
        number = len(self.pulls) + 1
        ends = {"head": {"ref": head, "sha": self.branches[head]}, "base": {"ref": base}}
        self.pulls[number] = {"number": number, "state": "open", "merged": False, **ends}
        return number

    def merge(self, number: int) -> str:
        """It is merged; the merge commit, with a name of its own."""
        pull = self.pulls[number]
        sha = self.commit(pull["base"]["ref"], self.commits[pull["head"]["sha"]])
        pull |= {"state": "closed", "merged": True, "merge_commit_sha": sha}
        return sha

    def said(self, number: int) -> list[str]:
        """The comments of a pull request."""
        return [each["body"] for each in self.comments.values() if each["index"] == number]

    def state(self, sha: str, context: str) -> str:
        """The newest status of a commit."""
        found = [it[2] for it in self.statuses if it[:2] == (sha, context)]
        return found[-1] if found else ""

    def answer(
        self, method: str, path: str, body: Mapping[str, Any], query: Mapping[str, str]
    ) -> Answer | None:
        """None for what is about anything else."""
        for verb, pattern, act in _WAYS:
            if verb == method and (found := re.fullmatch(REPOSITORY + pattern, path)):
                answer: Answer = getattr(self, act)(found.groups(), body, query)
                return answer
        return None

    def _branch(self, words: tuple[str, ...], _: Any, __: Any) -> Answer:
        sha = self.branches.get(words[0])
        if sha is None:
            return 404, {"message": "The target couldn't be found."}
        return 200, {"name": words[0], "commit": {"id": sha}}

    def _pulls(self, _: Any, __: Any, query: Mapping[str, str]) -> Answer:
        state = query.get("state", "open")
        return 200, [it for it in self.pulls.values() if it["state"] == state]

    def _archive(self, words: tuple[str, ...], _: Any, __: Any) -> Answer:
        files = self.commits.get(words[0])
        if words[0] in self.packed:
            return 200, self.packed[words[0]]
        if files is None:
            return 404, {"message": "The target couldn't be found."}
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w:gz") as tar:
            for name, text in files.items():
                entry = tarfile.TarInfo(f"rack/{name}")
                entry.size = len(text.encode())
                tar.addfile(entry, io.BytesIO(text.encode()))
        return 200, made.getvalue()

    def _pull_of(self, words: tuple[str, ...], _: Any, __: Any) -> Answer:
        for pull in self.pulls.values():
            if pull.get("merge_commit_sha") == words[0]:
                return 200, pull
        return 404, {"message": "The target couldn't be found."}

    def _status(self, words: tuple[str, ...], body: Mapping[str, Any], _: Any) -> Answer:
        assert words[0] in self.commits
        assert len(body["description"]) <= 255
        self.statuses.append((words[0], body["context"], body["state"], body["description"]))
        return 201, {"id": len(self.statuses), "context": body["context"]}

    def _comments(self, words: tuple[str, ...], _: Any, __: Any) -> Answer:
        return 200, [it for it in self.comments.values() if it["index"] == int(words[0])]

    def _comment(self, words: tuple[str, ...], body: Mapping[str, Any], _: Any) -> Answer:
        if int(words[0]) in self.locked:
            return 403, {"message": "the conversation is locked"}
        number = len(self.comments) + 1
        user = {"login": "rackhouse"}
        self.comments[number] = {"id": number, "index": int(words[0]), "user": user, **body}
        return 201, self.comments[number]

    def _edit(self, words: tuple[str, ...], body: Mapping[str, Any], _: Any) -> Answer:
        if int(words[0]) not in self.comments:
            return 404, {"message": "The target couldn't be found."}
        self.comments[int(words[0])] |= body
        return 200, self.comments[int(words[0])]


_WAYS = (
    ("GET", r"/branches/([^/]+)", "_branch"),
    ("GET", r"/pulls", "_pulls"),
    ("GET", r"/archive/(\w+)\.tar\.gz", "_archive"),
    ("GET", r"/commits/(\w+)/pull", "_pull_of"),
    ("POST", r"/statuses/(\w+)", "_status"),
    ("GET", r"/issues/(\d+)/comments", "_comments"),
    ("POST", r"/issues/(\d+)/comments", "_comment"),
    ("PATCH", r"/issues/comments/(\d+)", "_edit"),
)
