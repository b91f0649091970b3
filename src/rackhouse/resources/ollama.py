"""Specs of the targets `ollama.<node>`: the models that one Ollama has on its disk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pulled:
    """`ollama.<node>/model/<name>`: a model of Ollama's library, by its name there."""

    model: str  # llama3.1:8b


OllamaSpec = Pulled
