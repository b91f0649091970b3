"""What is counted has few names, and none of a tenant's."""

from __future__ import annotations

from rackhouse.services.retrieval.api import openapi
from rackhouse.services.retrieval.service.metrics import Metrics


def test_searches_are_counted_by_how_long_they_took() -> None:
    metrics = Metrics()
    for seconds in (0.0005, 0.003, 0.004, 99.0):
        metrics.found(seconds, ())
    metrics.found(0.001, ("meaning: x", "meaning: y", "lookup: z"))
    lines = metrics.text(held_passages=7, postgres_up=1.0).splitlines()
    assert 'rackhouse_retrieval_search_seconds_bucket{le="0.001"} 2' in lines
    assert 'rackhouse_retrieval_search_seconds_bucket{le="0.005"} 4' in lines
    assert 'rackhouse_retrieval_search_seconds_bucket{le="+Inf"} 5' in lines
    assert "rackhouse_retrieval_search_seconds_count 5" in lines
    assert 'rackhouse_retrieval_searches_degraded_total{signal="meaning"} 1' in lines
    assert "rackhouse_retrieval_held_passages 7" in lines
    assert len([line for line in lines if line.startswith("# TYPE")]) == 4


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
