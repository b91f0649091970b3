"""What the server refuses, in its own words: the Status objects of apimachinery's `api/errors`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.kinds import Kind


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong with a field, as in `details.causes`."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


class Denied(Exception):
    """An answer that is no success. `retry_after` is in seconds, 0 for none."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: Body | None = None,
        retry_after: int = 0,
    ) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message
        self.details, self.retry_after = details, retry_after

    def body(self) -> Body:
        """The Status object."""
        found: Body = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self.details,
            "code": self.code,
        }
        return {key: it for key, it in found.items() if it not in (None, "")}


def bad_request(message: str) -> Denied:
    """The request itself cannot be read."""
    return Denied(400, "BadRequest", message)


def not_found(kind: Kind, name: str) -> Denied:
    """No object of that name."""
    details = _details(kind.plural, kind.group, name)
    return Denied(404, "NotFound", f'{kind.resource} "{name}" not found', details=details)


def no_such_path() -> Denied:
    """No kind is served there."""
    return Denied(404, "NotFound", "the server could not find the requested resource", details={})


def no_such_method() -> Denied:
    """The kind is served there, and that is not done to it."""
    message = "the server does not allow this method on the requested resource"
    return Denied(405, "MethodNotAllowed", message, details={})


def exists(kind: Kind, name: str) -> Denied:
    """Created what is there already."""
    details = _details(kind.plural, kind.group, name)
    message = f'{kind.resource} "{name}" already exists'
    return Denied(409, "AlreadyExists", message, details=details)


def conflict(kind: Kind, name: str, why: str) -> Denied:
    """Another was faster, or the object is another one."""
    details = _details(kind.plural, kind.group, name)
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return Denied(409, "Conflict", message, details=details)


def forbidden(kind: Kind, name: str, why: str) -> Denied:
    """Admission or authorization said no."""
    details = _details(kind.plural, kind.group, name)
    return Denied(
        403, "Forbidden", f'{kind.resource} "{name}" is forbidden: {why}', details=details
    )


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> Denied:
    """Fields that are wrong, all of them at once."""
    said = [f"{it.field}: {it.message}" for it in causes]
    message = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
    details = _details(kind.kind, kind.group, name)
    details["causes"] = [
        {"reason": it.reason, "message": it.message, "field": it.field} for it in causes
    ]
    title = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    return Denied(422, "Invalid", f'{title} "{name}" is invalid: {message}', details=details)


def gone(message: str) -> Denied:
    """What was asked for has been forgotten."""
    return Denied(410, "Expired", message)


def _details(kind: str, group: str, name: str) -> Body:
    found = {"name": name, "group": group, "kind": kind}
    return {key: it for key, it in found.items() if it}
