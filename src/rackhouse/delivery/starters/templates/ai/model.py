"""Asks a language model that speaks the OpenAI API. Without one it says so, and nothing else."""

import json
import os
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import Request, urlopen

PATIENCE = 120  # seconds for an answer


class NoModel(Exception):
    """Why there is no answer, in words for whoever asked."""


def ask(question: str, env: Mapping[str, str] = os.environ) -> str:
    """The model's answer. NoModel where there is none, or it does not answer."""
    if not env.get("LLM_URL"):
        raise NoModel("This rack has no model yet. Set LLM_URL to one, and ask again.")
    body = {
        "model": env.get("LLM_MODEL", "default"),
        "messages": [{"role": "user", "content": question}],
    }
    request = Request(
        f"{env['LLM_URL'].rstrip('/')}/chat/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {env.get('LLM_KEY', '')}"},
    )
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return str(json.load(answer)["choices"][0]["message"]["content"])
    except (URLError, TimeoutError) as error:
        raise NoModel(f"The model does not answer: {getattr(error, 'reason', error)}.") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise NoModel("What the model answered was not understood.") from error
