"""What is held of a large collection in place of its vectors."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.retrieval.model.places import Places
from rackhouse.services.retrieval.model.ranking.far import Sample
from rackhouse.services.retrieval.model.ranking.neighbours import Documents
from rackhouse.services.retrieval.store.sampling import Sampled


@dataclass(frozen=True, slots=True)
class Large:
    """`documents` has the number of the document of each passage."""

    places: Places
    documents: Documents
    sample: Sample
    dimension: int


def large(of: Sampled) -> Large:
    """As it is held."""
    sample = Sample(of.vectors, of.rows, of.documents)
    return Large(of.places, of.documents, sample, of.dimension)
