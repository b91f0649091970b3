"""Clusters, and what an application becomes, in a browser: any width, both schemes, keys alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from integration.console.conftest import Running, serving
from integration.console.faultless import faultless
from rackhouse.resources.clusters import kubeconfig_id
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.nodes.images import Image
from rackhouse.twin.kube.serving import serve
from unit.console.lab import lab
from unit.console.test_explained import EXAMPLE, lives

PATHS = ["/clusters", "/clusters/home", "/clusters/home?compare=1"]
PATHS += ["/applications/guestbook/becomes"]
FOCUSED = "document.activeElement.getAttribute('aria-label')"

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster() -> Cluster:
    """Of its pods, the one of `chat` is not ready."""
    return lab()


@pytest.fixture
def running(tmp_path: Path, cluster: Cluster) -> Iterator[Running]:
    """Two clusters, of which one has joined."""
    file = tmp_path / "rack.yaml"
    file.write_text("rack: home\ndomain: home.arpa\nclusters: {home: {}, lab: {}}\n")
    with serve(cluster, tmp_path / "server") as served, serving(tmp_path, file) as made:
        values = {"value": served.kubeconfig()}
        made.house.store.choose(kubeconfig_id("home"), lambda: values)
        folder = made.house.paths.root / "releases" / "guestbook" / "r9"
        shutil.copytree(EXAMPLE, folder)
        lives(made.house.store, folder)
        yield made


async def test_nothing_stands_in_anybodys_way(page: Page) -> None:
    await page.goto("/clusters/home")
    pod = await page.locator(".why a").get_attribute("href") or ""
    assert pod.startswith("/clusters/home/pods/chat/")
    looks: list[tuple[int, Any]] = [(320, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
    for width, scheme in looks:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 844})
        for path in [*PATHS, pod]:
            await page.goto(path)
            await faultless(page, by_axe=(width, scheme) in looks[1:3])


async def test_a_rollout_is_followed_without_a_reload(page: Page, cluster: Cluster) -> None:
    await page.goto("/clusters/home")
    await page.evaluate("window.untouched = true")
    row = page.locator("#rollout-list tr", has_text="chat")
    await expect(row).to_contain_text("0 of 1")
    await expect(row).to_contain_text("Readiness probe failed")
    cluster.images.tell("*/chat:*", Image())
    seldom = 90_000  # milliseconds: a cluster that answers slowly is asked every half minute
    await expect(row).to_contain_text("1 of 1", timeout=seldom)
    await expect(page.locator("#head")).to_contain_text("every pod serves", timeout=seldom)
    assert await page.evaluate("window.untouched")


async def test_pods_and_edges_are_walked_with_keys(page: Page) -> None:
    await page.goto("/clusters")
    await page.get_by_role("link", name="home", exact=True).press("Enter")
    nodes, chart = page.locator("[data-keys]").nth(0), page.locator("[data-keys]").nth(1)
    await nodes.locator("a.thing[tabindex='0']").first.focus()
    first = await page.evaluate(FOCUSED)
    await page.keyboard.press("ArrowRight")
    second = await page.evaluate(FOCUSED)
    assert first != second
    await expect(page.locator("[data-told]")).to_have_text(second)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(second.partition(":")[0])
    await page.goto("/clusters/home")
    await chart.locator("a.thing[tabindex='0']").focus()
    assert await page.evaluate(FOCUSED) == "chat to datasette: closed"
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate(FOCUSED) == "guestbook to datasette: closed"
