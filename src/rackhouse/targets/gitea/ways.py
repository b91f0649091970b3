"""The ways to one Gitea: by its name, or by any of the machines that lead there. Asks nothing.

Its name need not be known to the DNS: a machine is called by its address, is told the name, and has
to show the certificate of that name.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

_CONNECT = 5.0  # seconds until a machine that is there has answered


class Ways:
    """To `url`, by `machines` (HOST or HOST:PORT); without any, by the name itself.

    `authority`: PEM of certificates that vouch for it, besides those that this machine trusts.
    """

    def __init__(
        self,
        url: str,
        machines: tuple[str, ...] = (),
        authority: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = httpx.URL(url.rstrip("/"))
        self._machines = machines
        self._authority, self._transport = authority, transport

    def client(self, patience: float) -> httpx.AsyncClient:
        """Connections that wait `patience` seconds for what is said next."""
        return httpx.AsyncClient(
            verify=self._trust() if self._transport is None else True,
            transport=self._transport,
            timeout=httpx.Timeout(patience, connect=_CONNECT),
            trust_env=False,
        )

    async def send(
        self,
        http: httpx.AsyncClient,
        method: str,
        path: str,
        *,
        auth: httpx.Auth,
        stream: bool = False,
        **more: Any,
    ) -> httpx.Response:
        """The answer of the first machine that can be reached, which is the first the next time.

        `stream`: without its content, which the caller reads, and closes the answer.
        """
        broken: httpx.TransportError | None = None
        for machine in self._machines or ("",):
            try:
                asked = self._asked(http, machine, method, path, more)
                answer = await http.send(asked, auth=auth, stream=stream)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:  # nobody heard the question
                broken = broken or error
            else:
                others = (each for each in self._machines if each != machine)
                self._machines = (machine, *others) if machine else ()
                return answer
        assert broken is not None, "there is one way at least"
        raise broken

    def _asked(
        self,
        http: httpx.AsyncClient,
        machine: str,
        method: str,
        path: str,
        more: Mapping[str, Any],
    ) -> httpx.Request:
        """By the name itself where no machine is named."""
        at = machine or self.url.netloc.decode()
        return http.build_request(
            method,
            f"{self.url.scheme}://{at}{self.url.path.rstrip('/')}/api/v1{path}",
            headers={"host": self.url.netloc.decode()},
            extensions={"sni_hostname": self.url.host},
            **more,
        )

    def _trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._authority:
            context.load_verify_locations(cadata=self._authority)
        return context
