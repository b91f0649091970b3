"""What is counted has few names, and none of a tenant's."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.services.retrieval.api import openapi
from rackhouse.services.retrieval.model.collection import State
from rackhouse.services.retrieval.model.nearness import Index, Space, Standing
from rackhouse.services.retrieval.service.metrics import Metrics, Now
from rackhouse.services.retrieval.service.work import Work

NOW = Now(jobs={}, collections=2, passages=12_345_678, indexes=(), postgres=True)
NAME = "rackhouse_retrieval_"


def _lines(metrics: Metrics, work: Work | None = None, now: Now = NOW) -> list[str]:
    return metrics.text(work or Work(), now).splitlines()


def test_searches_are_counted_by_how_long_they_took() -> None:
    metrics = Metrics()
    for seconds in (0.0005, 0.003, 0.004, 99.0):
        metrics.found(seconds, ())
    metrics.found(0.001, ("meaning: x", "meaning: y", "lookup: z"))
    lines = _lines(metrics)
    assert f'{NAME}search_seconds_bucket{{le="0.001"}} 2' in lines
    assert f'{NAME}search_seconds_bucket{{le="0.005"}} 4' in lines
    assert f'{NAME}search_seconds_bucket{{le="+Inf"}} 5' in lines
    assert f"{NAME}search_seconds_count 5" in lines
    assert f'{NAME}searches_degraded_total{{signal="meaning"}} 1' in lines
    assert f"{NAME}held_passages 12345678" in lines
    assert f"{NAME}postgres_up 1" in lines


def test_what_is_put_in_is_counted() -> None:
    work = Work()
    work.read(3, 1, 40, 0.5)
    work.read(2, 0, 10_000_000, 1.0)
    work.embed(128, 2.25)
    work.jobs[State.DONE] += 1
    lines = _lines(Metrics(), work, replace(NOW, jobs={State.WAITING: 4}))
    assert f'{NAME}ingest_documents_total{{outcome="read"}} 4' in lines
    assert f'{NAME}ingest_documents_total{{outcome="refused"}} 1' in lines
    assert f"{NAME}ingest_passages_total 10000040" in lines
    assert f"{NAME}ingest_texts_total 128" in lines
    assert f'{NAME}ingest_jobs_total{{state="done"}} 1' in lines
    assert f'{NAME}ingest_jobs_total{{state="failed"}} 0' in lines
    assert f'{NAME}ingest_seconds_total{{step="reading"}} 1.5' in lines
    assert f'{NAME}ingest_seconds_total{{step="embedding"}} 2.25' in lines
    assert f'{NAME}jobs{{state="waiting"}} 4' in lines
    assert f'{NAME}jobs{{state="running"}} 0' in lines


def test_indexes_are_counted_with_the_worst_of_them() -> None:
    serving = Index(space=Space("t", "secret", "m", 3), state=Standing.SERVING, recall=0.98)
    others = (replace(serving, recall=0.9, state=Standing.REFUSED), Index(space=serving.space))
    lines = _lines(Metrics(), now=replace(NOW, indexes=(serving, *others)))
    for state, count in (("serving", 1), ("refused", 1), ("building", 1), ("comparing", 0)):
        assert f'{NAME}indexes{{state="{state}"}} {count}' in lines
    assert f"{NAME}index_recall_lowest 0.9" in lines
    assert "secret" not in "".join(lines)


def test_every_name_is_described_once() -> None:
    lines = _lines(Metrics())
    heads = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(heads) == len(set(heads))
    said = {line.split("{")[0].split()[0] for line in lines if line and line[0] != "#"}
    assert {each.removesuffix("_bucket").removesuffix("_sum") for each in said} <= {
        *heads,
        f"{NAME}search_seconds_count",
    }


def test_the_interface_is_described_whole() -> None:
    said = openapi.document()
    assert set(said["paths"]) >= {"/v1/search", "/v1/collections/{name}", "/v1/jobs/{id}/events"}
    named = {it["$ref"] for it in _refs(said)}
    assert named <= {f"#/components/schemas/{it}" for it in said["components"]["schemas"]}


def _refs(value: object) -> list[dict[str, str]]:
    if isinstance(value, dict):
        own = [value] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in _refs(each)]
    return [found for each in value for found in _refs(each)] if isinstance(value, list) else []
