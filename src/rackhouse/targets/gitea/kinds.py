"""What is asked of a Gitea for each kind: paths and bodies, from specs. Pure.

Everything here is checked against Gitea's own OpenAPI description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rackhouse.resources import gitea as g
from rackhouse.resources.core import Id, Text

Fill = Callable[[Text], str]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one thing is made (`body`, sent to `to`) and changed. `fields` of the answer have to be
    so. `change` None: nothing changes it. `anew`: another one takes its place, since Gitea lets
    nobody change it. `put`: one request makes it and changes it.
    """

    to: str
    body: Body
    fields: Body
    change: Body | None = None
    anew: bool = False
    put: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """`look`: the path of one, or of the list that has it by its name. `at`: where it is changed
    and deleted. In both, `{0}` is the first part of its id, and `{id}` Gitea's own number.
    """

    look: str
    at: str
    way: Callable[[Any, Fill], Way]
    listed: bool = False

    def path(self, id: Id) -> str:
        """Where to look."""
        return self.look.format(*_parts(id))

    def own(self, id: Id, live: Body) -> str:
        """Where it is changed and deleted."""
        return self.at.format(*_parts(id), id=live.get("id"))

    def name(self, id: Id) -> str:
        """Its own, in a list."""
        return id.name.rpartition("/")[2]


def _parts(id: Id) -> list[str]:
    """A branch may have slashes in its name."""
    return [quote(part, safe="") for part in id.name.split("/", 2)]


def _organisation(spec: g.Organisation, _: Fill) -> Way:
    fields = {"visibility": "private"}
    return Way(to="/orgs", body={"username": spec.name, **fields}, fields=fields, change=fields)


def _repository(spec: g.Repository, _: Fill) -> Way:
    fields = {"private": True, "default_branch": spec.branch}
    to = f"/orgs/{spec.organisation}/repos"
    return Way(to=to, body={"name": spec.name, **fields}, fields=fields, change=fields)


def _user(spec: g.User, fill: Fill) -> Way:
    password = {"password": fill(spec.password), "must_change_password": False}
    about = {"source_id": 0, "login_name": spec.name, "email": spec.email}
    made = {"username": spec.name, "email": spec.email, **password}
    if spec.theirs:
        return Way(to="/admin/users", body=made, fields={})
    return Way(
        to="/admin/users",
        body=made,
        fields={"email": spec.email, "is_admin": spec.admin},
        change={**about, **password, "admin": spec.admin},
    )


def _team(spec: g.Team, _: Fill) -> Way:
    fields = {"permission": spec.permission, "includes_all_repositories": True}
    body = {"name": spec.name, "units": [f"repo.{unit}" for unit in spec.units], **fields}
    return Way(to=f"/orgs/{spec.organisation}/teams", body=body, fields=fields, change=body)


def _protection(spec: g.Protection, _: Fill) -> Way:
    fields = {
        "enable_push": True,
        "enable_push_whitelist": True,
        "push_whitelist_teams": sorted(spec.teams),
        "enable_force_push": False,
        "enable_merge_whitelist": True,
        "merge_whitelist_teams": sorted(spec.teams),
        "enable_status_check": bool(spec.checks),
        "status_check_contexts": sorted(spec.checks),
        "block_on_outdated_branch": bool(spec.checks),
    }
    to = f"/repos/{spec.organisation}/{spec.repository}/branch_protections"
    return Way(to=to, body={"rule_name": spec.branch, **fields}, fields=fields, change=fields)


def _token(spec: g.Token, _: Fill) -> Way:
    scopes = {"scopes": sorted(spec.scopes)}
    to, body = f"/users/{spec.user}/tokens", {"name": spec.name, **scopes}
    return Way(to=to, body=body, fields=scopes, anew=True)


def _secret(spec: g.Secret, fill: Fill) -> Way:
    to = f"/orgs/{spec.organisation}/actions/secrets/{spec.name}"
    return Way(to=to, body={"data": fill(spec.value)}, fields={}, put=True)


def _webhook(spec: g.Webhook, fill: Fill) -> Way:
    config = {"url": spec.url, "content_type": "json", "secret": fill(spec.secret)}
    fields = {"name": spec.name, "active": True, "events": sorted(spec.events)}
    return Way(
        to=f"/repos/{spec.organisation}/{spec.repository}/hooks",
        body={"type": "gitea", **fields, "config": config},
        fields=fields,
        change={**fields, "config": config},
    )


_SECRETS = "/orgs/{0}/actions/secrets"
_PROTECTION = "/repos/{0}/{1}/branch_protections/{2}"

KINDS: Mapping[str, Kind] = {
    "organisation": Kind("/orgs/{0}", "/orgs/{0}", _organisation),
    "protection": Kind(_PROTECTION, _PROTECTION, _protection),
    "repository": Kind("/repos/{0}/{1}", "/repos/{0}/{1}", _repository),
    "secret": Kind(_SECRETS, f"{_SECRETS}/{{1}}", _secret, listed=True),
    "team": Kind("/orgs/{0}/teams", "/teams/{id}", _team, listed=True),
    "token": Kind("/users/{0}/tokens", "/users/{0}/tokens/{id}", _token, listed=True),
    "user": Kind("/users/{0}", "/admin/users/{0}", _user),
    "webhook": Kind("/repos/{0}/{1}/hooks", "/repos/{0}/{1}/hooks/{id}", _webhook, listed=True),
}
