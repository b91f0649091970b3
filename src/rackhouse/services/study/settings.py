"""What the process is told by its environment. Read once, at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.kit import serving
from rackhouse.kit.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the services are that it asks. Without `retrieval` only references are looked up;
    without `llm` every answer is of passages alone; without `vectors` a claim is compared with what
    it cites by words alone; without `entailment` no model says whether it follows from that;
    without `database` what is kept ends with the process.

    `identity` is where the keys are that people's names are signed with, and `application` whom
    they are signed for. `person` stands for everybody where nobody signs in.
    """

    scripture: str
    host: str = "127.0.0.1"
    port: int = 8080
    retrieval: str = ""
    retrieval_key: str = ""
    llm: str = ""
    llm_key: str = ""
    llm_model: str = "chat"
    vectors: str = ""
    vectors_key: str = ""
    vectors_model: str = ""
    entailment: str = ""
    entailment_key: str = ""
    entailment_model: str = ""
    database: str = ""
    identity: str = ""
    application: str = "study"
    person: str = ""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """UsageError where something is missing without which nobody could ask."""
    scripture = environment.get("SCRIPTURE_URL", "")
    if not scripture:
        raise UsageError(
            "the text store is not named",
            where="SCRIPTURE_URL",
            fix="say where the service scripture answers, as http://127.0.0.1:8081",
        )
    identity = environment.get("RACKHOUSE_IDENTITY_KEYS", "")
    person = environment.get("STUDY_PERSON", "")
    if not identity and not person:
        raise UsageError(
            "nothing says who asks",
            where="RACKHOUSE_IDENTITY_KEYS",
            fix="deploy it with `rackhouse.dev/access: signed-in`, which sets this; or say"
            " STUDY_PERSON=me where you alone reach it",
        )
    return Settings(
        scripture=scripture,
        host=environment.get("HOST", "127.0.0.1"),
        port=serving.port(environment),
        retrieval=environment.get("RETRIEVAL_URL", ""),
        retrieval_key=environment.get("RETRIEVAL_KEY", ""),
        llm=environment.get("LLM_URL", ""),
        llm_key=environment.get("LLM_KEY", ""),
        llm_model=environment.get("LLM_MODEL") or "chat",
        vectors=environment.get("VECTORS_URL", ""),
        vectors_key=environment.get("VECTORS_KEY", ""),
        vectors_model=environment.get("VECTORS_MODEL") or "embed",
        entailment=environment.get("ENTAILMENT_URL", ""),
        entailment_key=environment.get("ENTAILMENT_KEY", ""),
        entailment_model=environment.get("ENTAILMENT_MODEL") or "entailment",
        database=environment.get("DATABASE_URL", ""),
        identity=identity,
        application=environment.get("RACKHOUSE_APPLICATION") or "study",
        person=person,
    )
