"""The rack file on a Gitea: what is proposed is planned, what is merged is applied, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.apply.open import OpenRack
from rackhouse.delivery.following import memory as remembered
from rackhouse.kit.errors import Missing
from rackhouse.store.sqlite import SqliteStore
from unit.delivery.following.lab import MORE, RACK, WRONG, Lab

PLAN, APPLY = "rackhouse/plan", "rackhouse/apply"
pytestmark = pytest.mark.slow


@pytest.fixture
async def lab(tmp_path: Path) -> Lab:
    """Whose rack file has been pushed, and applied."""
    made = Lab(tmp_path)
    await made.begin()
    made.fake.history.commit("main", {"rack.yaml": RACK})
    await made.look()
    made.said.clear()
    return made


def propose(lab: Lab, text: str = MORE) -> tuple[int, str]:
    sha = lab.fake.history.commit("more", {"rack.yaml": text})
    return lab.fake.history.pull("more"), sha


async def test_the_first_file_is_applied_and_its_commit_says_so(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    await lab.begin()
    await lab.look()
    assert lab.said == [], "nobody has pushed anything"
    sha = lab.fake.history.commit("main", {"rack.yaml": RACK})
    await lab.look()
    assert lab.fake.history.state(sha, APPLY) == "success"
    assert lab.said == [f"{sha[:7]} is applied"]
    assert await lab.undone() == []
    await lab.look()
    assert len(lab.said) == 1


async def test_a_pull_request_is_answered_with_one_comment_that_changes(lab: Lab) -> None:
    number, sha = propose(lab)
    await lab.look()
    (text,) = lab.fake.history.said(number)
    assert f"What merging {sha[:7]} does to `home`" in text
    assert "+ kube.home/StatefulSet/data.seaweedfs: absent" in text
    assert lab.fake.history.state(sha, PLAN) == "success"
    before = list(lab.fake.asked)
    await lab.look()
    assert lab.fake.asked == before, "nothing is news"
    again = lab.fake.history.commit("more", {"rack.yaml": RACK})
    await lab.look()
    (text,) = lab.fake.history.said(number)
    assert f"What merging {again[:7]} does to `home`:** nothing" in text
    assert await lab.undone() == [], "planning changes nothing"


async def test_what_is_wrong_with_the_file_is_the_comment(lab: Lab) -> None:
    number, sha = propose(lab, WRONG)
    await lab.look()
    (text,) = lab.fake.history.said(number)
    assert "cannot be planned" in text
    assert "none-such" in text
    assert lab.fake.history.state(sha, PLAN) == "failure"


async def test_a_plan_is_made_anew_when_it_is_old(lab: Lab) -> None:
    number, _ = propose(lab)
    await lab.look()
    (before,) = lab.fake.history.said(number)
    lab.things.things.clear()
    await lab.look()
    assert lab.fake.history.said(number) == [before]
    await lab.look(later=601)
    (after,) = lab.fake.history.said(number)
    assert after != before


async def test_what_is_merged_is_applied_once(lab: Lab) -> None:
    number, _ = propose(lab)
    await lab.look()
    sha = lab.fake.history.merge(number)
    await lab.look()
    await lab.look(later=601)
    assert lab.fake.history.state(sha, APPLY) == "success"
    assert len([what for what in lab.applies() if sha[:7] in what]) == 1
    assert await lab.undone() == []
    assert lab.said[-1] == f"{sha[:7]} is applied"


async def test_what_does_more_than_was_shown_is_held_until_somebody_agrees(lab: Lab) -> None:
    number, _ = propose(lab)
    await lab.look()
    for id in [it for it in lab.things.things if it.kind == "Service"]:
        del lab.things.things[id]
    sha = lab.fake.history.merge(number)
    await lab.look()
    assert lab.fake.history.state(sha, APPLY) == "failure"
    (text,) = lab.fake.history.said(number)
    assert f"{sha[:7]} is not applied" in text
    assert "+ kube.home/Service/gitea.gitea: absent" in text
    assert not [what for what in lab.applies() if sha[:7] in what]
    await lab.look(agree=True)
    assert lab.fake.history.state(sha, APPLY) == "success"
    assert await lab.undone() == []


async def test_what_was_merged_before_anybody_looked_is_held(lab: Lab) -> None:
    number, _ = propose(lab)
    sha = lab.fake.history.merge(number)
    await lab.look()
    assert lab.fake.history.state(sha, APPLY) == "failure"
    assert "is not applied" in lab.fake.history.said(number)[0]


async def test_a_file_of_another_rack_is_refused(lab: Lab) -> None:
    number, sha = propose(lab, RACK.replace("rack: home", "rack: attic"))
    await lab.look()
    assert "this file is of the rack 'attic'" in lab.fake.history.said(number)[0]
    assert lab.fake.history.state(sha, PLAN) == "failure"


async def test_nothing_is_asked_at_an_address_that_nobody_has_merged(lab: Lab) -> None:
    number, _ = propose(lab, RACK.replace("10.0.0.1", "10.9.9.9").replace("home.arpa", "evil.org"))
    lab.called.clear()
    await lab.look()
    assert lab.called
    assert not [at for at in lab.called if "10.9.9.9" in str(at) or "evil" in str(at)]
    assert "gitea.home: what is merged says another address" in lab.fake.history.said(number)[0]


@pytest.mark.parametrize("named", ["../tea", "FOLDER/tea", "~nosuchuser/tea", "~/tea"])
async def test_no_folder_of_this_machine_is_read_for_a_proposal(lab: Lab, named: str) -> None:
    tea = lab.folder / "tea"
    tea.mkdir()
    (tea / "score.yaml").write_text("metadata: {name: hunter2}")
    named = named.replace("FOLDER", str(lab.folder))
    number, sha = propose(lab, f"{RACK}applications: {{tea: {{folder: {named}}}}}\n")
    await lab.look()
    (text,) = lab.fake.history.said(number)
    assert f"tea: {named} is outside of the repository" in text
    assert "hunter2" not in text
    assert lab.fake.history.state(sha, PLAN) == "failure"


async def test_one_that_cannot_be_planned_keeps_no_other_from_its_plan(lab: Lab) -> None:
    first, sha = propose(lab, f"{RACK}# a bug\n")
    lab.fake.history.commit("other", {"rack.yaml": MORE})
    second = lab.fake.history.pull("other")

    async def reach(house: OpenRack, _: bool) -> OpenRack:
        if house.file and "a bug" in house.file.read_text():
            raise RecursionError("hunter2")
        return house

    lab.reach = reach
    await lab.look()
    (text,) = lab.fake.history.said(first)
    assert "cannot be planned" in text
    assert lab.fake.history.state(sha, PLAN) == "failure"
    assert lab.said[0].endswith("planning it fails with a RecursionError")
    assert "hunter2" not in f"{text} {lab.said}"
    assert "What merging" in lab.fake.history.said(second)[0]


async def test_a_conversation_that_is_locked_keeps_no_other_from_its_plan(lab: Lab) -> None:
    first, _ = propose(lab)
    lab.fake.history.commit("other", {"rack.yaml": MORE})
    second = lab.fake.history.pull("other")
    lab.fake.history.locked.add(first)
    await lab.look()
    assert "Gitea takes no plan of it" in lab.said[0]
    assert "What merging" in lab.fake.history.said(second)[0]
    before = list(lab.fake.asked)
    await lab.look()
    assert lab.fake.asked == before, "it is not asked again and again"


async def test_an_apply_that_fails_is_told_and_tried_again(lab: Lab) -> None:
    from rackhouse.kit.errors import NotReady
    from rackhouse.resources.core import Id

    number, _ = propose(lab)
    await lab.look()
    sha = lab.fake.history.merge(number)
    pod = Id("kube.home", "StatefulSet", "data.seaweedfs")
    lab.things.faults[pod] = NotReady("it has no disk")
    await lab.look()
    assert lab.fake.history.state(sha, APPLY) == "failure"
    assert lab.said[-1] == f"{sha[:7]} is not applied: it has no disk"
    del lab.things.faults[pod]
    await lab.look()
    assert lab.fake.history.state(sha, APPLY) == "failure", "not at once"
    await lab.look(later=601)
    assert lab.fake.history.state(sha, APPLY) == "success"
    assert await lab.undone() == []


async def out_of_sight(lab: Lab) -> tuple[int, str]:
    """A removal was planned and merged while its cluster was away: nobody was shown it."""
    number, _ = propose(lab)
    await lab.look()
    lab.fake.history.merge(number)
    await lab.look()
    lab.things.unreachable.add("kube.home")
    number, _ = propose(lab, RACK)
    await lab.look()
    assert "- kube.home" not in lab.fake.history.said(number)[0]
    return number, lab.fake.history.merge(number)


async def test_what_comes_into_sight_after_a_failure_is_shown_first(lab: Lab) -> None:
    number, sha = await out_of_sight(lab)
    await lab.look()
    assert lab.fake.history.state(sha, APPLY) == "failure", "it waits for the cluster"
    lab.things.unreachable.clear()
    there = set(lab.things.things)
    await lab.look(later=601)
    assert set(lab.things.things) == there
    (text,) = lab.fake.history.said(number)
    assert f"{sha[:7]} is not applied" in text
    assert "- kube.home/StatefulSet/data.seaweedfs" in text
    await lab.look(agree=True)
    assert lab.fake.history.state(sha, APPLY) == "success"
    assert await lab.undone() == []


async def test_what_comes_into_sight_after_a_kill_is_not_removed(lab: Lab) -> None:
    number, sha = await out_of_sight(lab)
    store = SqliteStore(lab.paths.store)
    memory = remembered.read(store)
    killed = replace(memory, begun=sha, agreed=memory.pulls[number].steps)
    remembered.write(store, killed)
    store.close()
    lab.things.unreachable.clear()
    there = set(lab.things.things)
    await lab.look()
    assert set(lab.things.things) == there
    assert "would remove what nobody was shown: kube.home/" in lab.said[-1]
    await lab.look(later=601)
    assert "- kube.home/StatefulSet/data.seaweedfs" in lab.fake.history.said(number)[0]
    assert set(lab.things.things) == there


async def test_a_rack_without_gitea_is_told_so(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    await lab.begin(f"{RACK}platform: {{forge: none}}\n")
    with pytest.raises(Missing, match="no cluster that has joined has the rack's own Gitea"):
        await lab.look()
