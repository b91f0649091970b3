"""Sign-in through the real ingress: one name for the console, others for applications."""

from __future__ import annotations

import json
import ssl
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, expect

from integration.console.conftest import Running
from integration.parts.starter import free_ports
from rackhouse.console.links import one_time_link
from rackhouse.kit.binaries import find_tools
from rackhouse.kit.identity import IDENTITY_HEADER, SUBJECT_HEADER, verify
from rackhouse.resources.machine import Access
from rackhouse.targets.machine.traefik import Filled, render
from unit.console.house import choose, route


@dataclass
class Application:
    """A program that keeps what it was told."""

    port: int
    seen: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def echo() -> Iterator[Application]:
    application = Application(free_ports(1))

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            application.seen.append({name.lower(): value for name, value in self.headers.items()})
            body = f"<title>book</title><h1>{self.path}</h1>".encode()
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", application.port), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield application
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Ingress:
    """Traefik in front of a console and an application that asks for sign-in."""

    running: Running
    https: int
    door: int

    @property
    def console(self) -> str:
        return f"https://rack.localhost:{self.https}"

    @property
    def book(self) -> str:
        return f"https://guestbook.rack.localhost:{self.https}"

    def link(self) -> str:
        return one_time_link(self.running.house.paths, self.console, time.time())


@pytest.fixture
def ingress(running: Running, echo: Application, tmp_path: Path) -> Iterator[Ingress]:
    made = Ingress(running, free_ports(1), free_ports(1))
    house = running.house
    choose(house, "port", "https", number=str(made.https))
    hosts = ("guestbook.rack.localhost",)
    route(house, "guestbook", hosts=hosts, door=made.door, access=Access.SIGNED_IN)
    folder = tmp_path / "dynamic"
    folder.mkdir()
    console = f"http://127.0.0.1:{running.port}"
    routes = (
        Filled(
            name="console",
            hosts=("rack.localhost",),
            path="/",
            to=(console,),
            entries=("https",),
        ),
        Filled(
            name="guestbook",
            hosts=hosts,
            path="/",
            to=(f"http://127.0.0.1:{echo.port}",),
            entries=("https",),
            door="door-00",
            verify=f"{console}/auth/verify",
            sign_in=console,
        ),
    )
    for each in routes:
        (folder / f"{each.name}.yaml").write_text(render(each))
    static = {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "ERROR"},
        "entryPoints": {
            "https": {"address": f"127.0.0.1:{made.https}"},
            "door-00": {"address": f"127.0.0.1:{made.door}"},
        },
        "providers": {"file": {"directory": str(folder)}},
    }
    (tmp_path / "traefik.yaml").write_text(json.dumps(static))
    process = subprocess.Popen(
        [find_tools()["traefik"], f"--configFile={tmp_path / 'traefik.yaml'}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_served(made)
        yield made
    finally:
        process.terminate()
        process.wait(10)


def wait_until_served(ingress: Ingress) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if asked(ingress, "/", accept="*/*").status_code == 401:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the ingress does not serve")


def asked(ingress: Ingress, path: str, **headers: str) -> httpx.Response:
    """A request by name, without a resolver."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    url = f"https://127.0.0.1:{ingress.https}{path}"
    host = {"host": f"guestbook.rack.localhost:{ingress.https}"}
    with httpx.Client(verify=context, trust_env=False) as client:
        names = {"sni_hostname": "guestbook.rack.localhost"}
        return client.get(url, headers={**host, **headers}, extensions=names)


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(ignore_https_errors=True)
    yield context
    await context.close()


async def test_the_owner_is_led_to_the_console_and_back_to_the_very_page(
    ingress: Ingress, echo: Application, visitor: BrowserContext
) -> None:
    page = await visitor.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    await page.goto(f"{ingress.book}/book?page=2")
    assert page.url.startswith(f"{ingress.console}/sign-in/to?return=")
    await expect(page.locator("main")).to_contain_text("guestbook asks who you are")
    assert echo.seen == []
    await page.get_by_label("One-time link").fill(ingress.link())
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{ingress.book}/book?page=2")
    await expect(page.locator("h1")).to_have_text("/book?page=2")
    assert refused == []

    told = echo.seen[-1]
    assert told[SUBJECT_HEADER.lower()] == "owner"
    keys = ingress.running.ask("/.well-known/jwks.json").json()
    subject = verify(told[IDENTITY_HEADER.lower()], keys, "guestbook", issuer="home")
    assert subject.name == "owner"

    cookies = {(cookie["name"], cookie["domain"]) for cookie in await visitor.cookies()}
    assert cookies == {
        ("__Host-rackhouse", "rack.localhost"),
        ("__Host-rackhouse.guestbook", "guestbook.rack.localhost"),
    }
    sent = [seen.get("cookie", "") for seen in echo.seen]
    assert not any("__Host-rackhouse=" in cookie for cookie in sent)


async def test_signing_out_of_the_console_closes_the_application_too(
    ingress: Ingress, visitor: BrowserContext
) -> None:
    page = await visitor.new_page()
    await page.goto(ingress.link())
    await page.get_by_role("button", name="Sign in on this device").click()
    await page.goto(f"{ingress.book}/")
    await expect(page.locator("h1")).to_have_text("/")
    await page.goto(f"{ingress.console}/")
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(f"{ingress.book}/")
    assert page.url.startswith(f"{ingress.console}/sign-in/to")


async def test_by_the_plain_door_too_and_it_sees_no_cookie_of_the_console(
    ingress: Ingress, echo: Application, visitor: BrowserContext
) -> None:
    page, running = await visitor.new_page(), ingress.running
    await page.goto(f"http://127.0.0.1:{ingress.door}/book")
    assert page.url.startswith(f"{running.url}/sign-in/to")
    await page.get_by_label("One-time link").fill(running.link())
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"http://127.0.0.1:{ingress.door}/book")
    assert echo.seen[-1][SUBJECT_HEADER.lower()] == "owner"
    assert not any("rackhouse=" in seen.get("cookie", "") for seen in echo.seen)


async def test_a_page_of_an_application_gets_nothing_out_of_the_console(
    ingress: Ingress, visitor: BrowserContext
) -> None:
    """It is on the same site: the browser sends the cookie along, and that must not be enough."""
    page = await visitor.new_page()
    await page.goto(ingress.link())
    await page.get_by_role("button", name="Sign in on this device").click()
    await page.goto(f"{ingress.book}/")
    attempt = """async ([address, options]) => {
        try { return (await (await fetch(address, options)).text()).slice(0, 50); }
        catch (error) { return `refused: ${error.name}`; }
    }"""
    for path, options in (
        ("/api/v1/status", {"credentials": "include"}),
        ("/", {"credentials": "include"}),
        ("/sign-out", {"credentials": "include", "method": "POST", "mode": "no-cors"}),
        ("/api/v1/retry", {"credentials": "include", "method": "POST", "body": "unit=cache"}),
    ):
        said = await page.evaluate(attempt, [ingress.console + path, options])
        assert said in {"refused: TypeError", ""}
    framed = """address => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.onload = () => { try { done(frame.contentDocument ? 'seen' : 'kept out'); }
                               catch { done('kept out'); } };
        frame.src = address; document.body.append(frame); })"""
    assert await page.evaluate(framed, f"{ingress.console}/") == "kept out"
    await page.goto(f"{ingress.console}/")
    await expect(page.locator("h1")).to_have_text("home")  # still signed in


async def test_who_says_to_be_somebody_is_not_believed(ingress: Ingress, echo: Application) -> None:
    spoofed = {
        SUBJECT_HEADER: "owner",
        "Rackhouse_Subject": "owner",
        IDENTITY_HEADER: "a.b.c",
        "X-Forwarded-Host": "rack.localhost",
        "X-Forwarded-Uri": "/healthz",
        "X-Forwarded-Proto": "http",
        "accept": "*/*",
    }
    assert asked(ingress, "/", **spoofed).status_code == 401
    assert echo.seen == []
