"""Who may speak to the console: at which names, from which pages, with what in hand."""

from __future__ import annotations

import pytest

from unit.console.desk import NAMED, PLAIN, PORT, SECRET, Bench

LOOPBACK = f"http://127.0.0.1:{PORT}"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "rack.localhost",
        "rack.localhost:8444",
        f"localhost.evil.example:{PORT}",
        "guestbook.rack.localhost:8443",
        f"[::1]:{PORT}",
        "",
        "localhost:8400:1",
        "localhost :8400",
    ],
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/status", "/sign-in", "/static/live.js"])
async def test_a_name_that_is_not_ours_is_not_answered(
    console: Bench, host: str, path: str
) -> None:
    client = console.client(authorization=f"Bearer {SECRET}")
    answer = await client.get(path, headers={"host": host})
    assert answer.status_code == 421
    assert "rack.localhost" not in answer.text


@pytest.mark.parametrize("origin", [PLAIN, NAMED])
async def test_answers_at_its_own_names(console: Bench, origin: str) -> None:
    assert (await console.client(origin).get("/healthz")).text == "ok\n"


async def test_at_127_0_0_1_people_are_led_to_localhost_since_cookies_know_no_ports(
    console: Bench,
) -> None:
    client = console.client(LOOPBACK)
    answer = await client.get("/applications/guestbook?a=b")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PLAIN}/applications/guestbook?a=b"
    answer = await client.get(f"{LOOPBACK}//evil.example/")
    assert answer.headers["location"] == f"{PLAIN}/evil.example/"


async def test_by_name_without_tls_people_are_led_to_tls(console: Bench) -> None:
    answer = await console.client("http://rack.localhost:8080").get("/sign-in?token=a")
    assert answer.headers["location"] == f"{NAMED}/sign-in?token=a"


async def test_every_answer_forbids_what_it_need_not_allow(console: Bench) -> None:
    browser = await console.signed_in()
    for path in ("/", "/sign-in", "/static/console.css", "/healthz", "/api/v1/status", "/none"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/", "/journal", "/parts/cache", "/applications/guestbook"])
async def test_pages_ask_a_stranger_to_sign_in(console: Bench, path: str) -> None:
    answer = await console.client().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    "path",
    [
        "/status",
        "/applications",
        "/applications/guestbook",
        "/parts/cache",
        "/logs/cache",
        "/logs/cache/follow",
        "/events",
        "/journal",
        "/plan",
    ],
)
async def test_the_api_answers_nobody_but_the_owner(console: Bench, path: str) -> None:
    for client in (console.client(), console.client(authorization="Bearer wrong")):
        answer = await client.get(f"/api/v1{path}")
        assert answer.status_code == 401
        assert answer.json()["what"] == "sign in first"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", SECRET, f"Basic {SECRET}", "Bearer ä"])
async def test_a_token_is_whole_or_worth_nothing(console: Bench, given: str) -> None:
    headers = {"authorization": given.encode()}
    answer = await console.client().get("/api/v1/status", headers=headers)
    assert answer.status_code == 401


async def test_a_program_with_the_owners_token_is_answered(console: Bench) -> None:
    assert (await console.program().get("/api/v1/status")).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", LOOPBACK, "https://guestbook.rack.localhost:8443", NAMED],
)
async def test_a_form_of_another_page_changes_nothing(console: Bench, origin: str) -> None:
    browser = await console.signed_in()
    csrf = await token_of(browser)
    for path in ("/sign-out", "/sign-in", "/applications/guestbook/rollback", "/api/v1/retry"):
        answer = await browser.post(path, data={"csrf": csrf}, headers={"origin": origin})
        assert answer.status_code == 403
    assert (await browser.get("/")).status_code == 200


async def test_a_form_without_its_sessions_token_changes_nothing(console: Bench) -> None:
    browser, other = await console.signed_in(), await console.signed_in()
    for csrf in ("", "wrong", await token_of(other)):
        answer = await browser.post("/sign-out", data={"csrf": csrf})
        assert answer.status_code == 403
        answer = await browser.post("/api/v1/retry", json={"unit": "cache", "csrf": csrf})
        assert answer.status_code == 403
    assert (await browser.get("/")).status_code == 200


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
async def test_a_page_of_an_application_cannot_read(console: Bench, site: str) -> None:
    """It is on the same site, so the cookie comes along."""
    browser = await console.signed_in()
    fetched = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
    assert (await browser.get("/api/v1/status", headers=fetched)).status_code == 403
    clicked = {"sec-fetch-site": site, "sec-fetch-mode": "navigate"}
    assert (await browser.get("/", headers=clicked)).status_code == 200


async def test_a_session_is_good_at_the_origin_where_it_began(console: Bench) -> None:
    browser = await console.signed_in()
    token = browser.cookies["rackhouse"]
    elsewhere = console.client(NAMED)
    elsewhere.cookies.set("__Host-rackhouse", token, domain="rack.localhost")
    assert (await elsewhere.get("/")).status_code == 303


async def test_one_bad_cookie_does_not_hide_the_others(console: Bench) -> None:
    browser = await console.signed_in()
    cookie = f"a[b]=c; =; x; rackhouse={browser.cookies['rackhouse']}; d"
    answer = await console.client().get("/", headers={"cookie": cookie})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static/..%2fsettings.py",
        "/static//etc/passwd",
        "/.rackhouse/static/%2e%2e/settings.py",
    ],
)
async def test_static_files_are_those_of_one_folder(console: Bench, path: str) -> None:
    answer = await console.client().get(path)
    assert answer.status_code in {404, 421}


async def test_a_body_that_is_too_long_is_not_read(console: Bench) -> None:
    answer = await console.client().post("/sign-in", content=b"token=" + b"x" * 20_000)
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[1]", b"{", b'"x"'])
async def test_a_body_that_is_nothing_is_told_so(console: Bench, body: bytes) -> None:
    kind = {"content-type": "application/json"}
    answer = await console.program().post("/api/v1/retry", content=body, headers=kind)
    assert answer.status_code == 400


async def token_of(browser: object) -> str:
    page = (await browser.get("/")).text  # type: ignore[attr-defined]  # httpx
    return str(page).partition('name="csrf" value="')[2].partition('"')[0]
