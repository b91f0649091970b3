"""The content of a document as it was sent."""

from __future__ import annotations

import base64
import binascii

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.retrieval.model.documents import Document


def content_of(document: Document) -> bytes:
    """Its bytes. BadRequest."""
    if document.content is not None:
        return document.content.encode()
    try:
        return base64.b64decode(document.content_base64 or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(
            f"the content of {document.id!r} is no base64",
            fix="send it as `content_base64`, or text as `content`",
            param="content_base64",
        ) from error
