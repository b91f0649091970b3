"""Every example is live behind the ingress, by its plain door, and does what it is for."""

from __future__ import annotations

import asyncio
import json
import re
import ssl

import httpx
import pytest
from websockets.asyncio.client import connect

from e2e.conftest import APPLICATIONS, Rack, eventually

pytestmark = pytest.mark.xdist_group("rack")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da"
    "63fcffff3f030005fe02fea72d5e1b0000000049454e44ae426082"
)


def test_everything_is_ready_and_nothing_is_left_to_do(rack: Rack) -> None:
    status = rack.status()
    assert status["ready"], status["why"]
    assert {app["name"] for app in status["applications"]} == set(APPLICATIONS)
    assert rack.run("plan").stdout.strip().endswith("nothing to do")


def test_the_guestbook_keeps_entries_visits_and_pictures(rack: Rack) -> None:
    with httpx.Client(base_url=rack.plain("guestbook")) as client:
        before = int(re.search(r"(\d+) visits?", client.get("/").text)[1])  # type: ignore[index]
        fields = {"name": "Ada <b>", "message": "Hello from a test"}
        files = {"picture": ("a.png", PIXEL, "image/png")}
        answer = client.post("/", data=fields, files=files)
        assert answer.status_code == 303
        page = client.get("/").text
        assert int(re.search(r"(\d+) visits?", page)[1]) > before  # type: ignore[index]
        assert "Ada &lt;b&gt;" in page
        picture = re.search(r"/pictures/[\w.-]+", page)
        assert picture is not None
        assert client.get(picture[0]).content == PIXEL


def test_the_guestbook_is_reached_by_name_with_tls_of_the_racks_own_authority(rack: Rack) -> None:
    url = httpx.URL(rack.app("guestbook")["url"])
    assert url.host == "guestbook.rack.localhost"
    transport = httpx.HTTPTransport(verify=_authority(rack))
    # The name is dialled at 127.0.0.1 whatever this machine's resolver knows.
    with httpx.Client(transport=transport) as client:
        answer = client.get(
            url.copy_with(host="127.0.0.1"),
            headers={"Host": f"{url.host}:{url.port}"},
            extensions={"sni_hostname": url.host},
        )
    assert answer.status_code == 200
    assert "Guestbook" in answer.text


def test_the_static_site_is_served_with_its_own_page_for_what_is_missing(rack: Rack) -> None:
    with httpx.Client(base_url=rack.plain("site")) as client:
        assert "It works, and it is yours." in client.get("/").text
        missing = client.get("/nowhere")
        assert (missing.status_code, "Not here." in missing.text) == (404, True)
        assert client.get("/..%2f..%2fetc/passwd").status_code in {400, 404}


def test_the_worker_draws_what_was_ordered(rack: Rack) -> None:
    with httpx.Client(base_url=rack.plain("postcards"), follow_redirects=False) as client:
        ordered = client.post("/", data={"greeting": "Greetings & love"})
        assert ordered.status_code == 303
        place = ordered.headers["location"]
        eventually(lambda: client.get(place).status_code == 200)
        assert "Greetings &amp; love" in client.get(f"{place}.svg").text


def test_the_chat_passes_messages_on_and_repeats_what_was_missed(rack: Rack) -> None:
    url = rack.plain("chat").replace("http", "ws") + "/room"

    async def talk() -> None:
        async with connect(f"{url}?after=$") as ada, connect(f"{url}?after=$") as bob:
            await asyncio.sleep(0.3)
            await ada.send(json.dumps({"name": "Ada", "text": "hello"}))
            heard = json.loads(await asyncio.wait_for(bob.recv(), 5))
            assert (heard["name"], heard["text"]) == ("Ada", "hello")
        async with connect(f"{url}?after=0") as late:
            while json.loads(await asyncio.wait_for(late.recv(), 5))["text"] != "hello":
                continue  # others have written in this room, too

    asyncio.run(talk())


def test_the_schedule_has_its_next_run(rack: Rack) -> None:
    process = rack.app("heartbeat")["processes"][0]
    assert process["next_run"] > 0


@pytest.mark.slow
def test_the_schedule_runs(rack: Rack) -> None:
    query = ["psql", "heartbeat", "--", "-At", "-c", "SELECT count(*) FROM beat"]
    eventually(lambda: int(rack.run(*query, code=None).stdout or 0) >= 1, timeout=90)


def test_datasette_which_nobody_here_wrote_answers(rack: Rack) -> None:
    answer = httpx.get(f"{rack.plain('datasette')}/-/versions.json").json()
    assert answer["datasette"]["version"] == "0.65.5"


def test_radicale_which_nobody_here_wrote_keeps_a_calendar(rack: Rack) -> None:
    event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:a\r\n"
    event += "DTSTAMP:20260101T000000Z\r\nDTSTART:20260101T100000Z\r\nSUMMARY:Tea\r\n"
    event += "END:VEVENT\r\nEND:VCALENDAR\r\n"
    with httpx.Client(base_url=rack.plain("radicale"), auth=("ada", "")) as client:
        client.request("MKCALENDAR", "/ada/home/")
        client.put("/ada/home/a.ics", content=event, headers={"Content-Type": "text/calendar"})
        assert "SUMMARY:Tea" in client.get("/ada/home/a.ics").text


def _authority(rack: Rack) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(rack.home / "authority.pem"))
