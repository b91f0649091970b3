"""Runs in Haystack's environment: documents, queries and their vectors out of a folder, and into it
what is found. Two processes share the queries: it looks through all documents for each.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from pathlib import Path
from typing import Any

import numpy as np
from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore

MOST = 50
JOINED = {
    "Haystack, its default join (concatenate)": "concatenate",
    "Haystack, its RRF join": "reciprocal_rank_fusion",
}
_parts: dict[str, Any] = {}


def main(folder: Path) -> None:
    """All ways, all queries."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    told = json.loads((folder / "documents.json").read_text())
    store.write_documents(
        # Rows of an array are taken as lists are, and the whole is ten times as quick.
        [
            Document(id=it["id"], content=it["content"], embedding=row)
            for it, row in zip(told, np.load(folder / "documents.npy"), strict=True)
        ]
    )
    _parts["words"] = InMemoryBM25Retriever(store, top_k=MOST)
    _parts["meaning"] = InMemoryEmbeddingRetriever(store, top_k=MOST)
    _parts["joins"] = {
        name: DocumentJoiner(join_mode=mode, top_k=MOST) for name, mode in JOINED.items()
    }
    queries = json.loads((folder / "queries.json").read_text())
    rows = np.load(folder / "queries.npy").astype(float)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        every = pool.map(found, zip(queries, map(list, rows), strict=True), chunksize=8)
    whole = {name: [each[name] for each in every] for name in JOINED}
    (folder / "found.json").write_text(json.dumps(whole))


def found(asked: tuple[str, list[float]]) -> dict[str, list[str]]:
    """What each way finds for a query."""
    query, vector = asked
    lists = [
        _parts["words"].run(query=query)["documents"],
        _parts["meaning"].run(query_embedding=vector)["documents"],
    ]
    return {
        name: [it.id for it in join.run(documents=lists)["documents"]]
        for name, join in _parts["joins"].items()
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
