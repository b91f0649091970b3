"""What-if: what stops and what goes on, what fits, what it costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.kit.errors import RackhouseError
from rackhouse.rack import Rack, load
from rackhouse.rack.whatif import Change, losses, report
from rackhouse.rack.whatif.report import Presence
from rackhouse.rack.whatif.standing import State
from rackhouse.rack.whatif.words import change

RACKS = Path(__file__).parents[3] / "examples" / "racks"
HOME = load((RACKS / "home.yaml").read_text())
HOME_WATTS = 128
STOPS, MAY_STOP, WEAKER = State.STOPS, State.MAY_STOP, State.WEAKER


def _worse(rack: Rack, *lost: str) -> dict[str, State]:
    return {each.what: each.state for each in report(rack, change(rack, lost, ())).worse}


def _why(rack: Rack, what: str, *lost: str) -> str:
    after = report(rack, change(rack, lost, ())).after
    return next(each.why for each in after.standings if each.what == what)


@pytest.mark.parametrize(
    ("lost", "worse"),
    [
        ([], {}),
        (["desk"], {}),
        (["forge"], {"model chat": WEAKER}),
        (["gpu"], {"model chat": WEAKER}),
        (["gpu:forge"], {"model chat": WEAKER}),
        (["link:8"], {"model chat": WEAKER}),
        (["pi-4"], {"S3": MAY_STOP, "Valkey": WEAKER, "cluster home": WEAKER}),
        (["pi-1"], {"S3": MAY_STOP, "Valkey": WEAKER, "cluster home": WEAKER}),
        (["gate"], {"network": STOPS, "model chat": STOPS, "backups": STOPS}),
        (["link:16"], {"network": STOPS, "model chat": STOPS, "backups": STOPS}),
        (
            ["pi-1", "pi-2"],
            {
                "cluster home": STOPS,
                "PostgreSQL": MAY_STOP,
                "Valkey": MAY_STOP,
                "S3": MAY_STOP,
                "application gateway": MAY_STOP,
                "application retrieval": MAY_STOP,
                "application scripture": MAY_STOP,
                "application study": MAY_STOP,
                "application hello": MAY_STOP,
            },
        ),
    ],
    ids=" ".join,
)
def test_what_stands_worse_in_the_reference_rack(lost: list[str], worse: dict[str, State]) -> None:
    assert _worse(HOME, *lost) == worse


def test_nothing_goes_on_without_the_switch() -> None:
    assert set(_worse(HOME, "switch").values()) == {STOPS}
    assert len(_worse(HOME, "switch")) == len(report(HOME).after.standings)


def test_each_reason_is_said() -> None:
    assert "1 of 3 servers left, no majority" in _why(HOME, "cluster home", "pi-1", "pi-2")
    assert "none more may fail" in _why(HOME, "cluster home", "pi-1")
    assert "1 more may fail" in _why(HOME, "cluster home", "pi-4")
    assert _why(HOME, "model chat", "forge").startswith("gpt-5-mini of openai, outside")
    assert _why(HOME, "model chat", "gate") == "nothing answers"
    assert "no DHCP, no DNS" in _why(HOME, "network", "gate")


def test_each_machine_is_lost_in_turn_and_so_is_the_switch() -> None:
    found = {loss.name: loss for loss in losses(HOME)}
    assert list(found) == ["gate", "pi-1", "pi-2", "pi-3", "pi-4", "forge", "desk", "sw1"]
    left = {name: loss.servers[0].has for name, loss in found.items()}
    assert left == {
        "gate": 3, "pi-1": 2, "pi-2": 2, "pi-3": 2, "pi-4": 3, "forge": 3, "desk": 3, "sw1": 0
    }  # fmt: skip
    assert found["desk"].worse == ()
    assert found["gate"].worse[0].state is STOPS


def test_an_only_server_is_the_cluster() -> None:
    rack = load("nodes: {pi-1: {role: server, disk: nvme, board: rpi5-8gb, address: 10.0.0.1}}")
    assert _worse(rack, "pi-1")["cluster home"] is STOPS


def test_a_copy_of_postgresql_is_lost_with_its_only_machine() -> None:
    rack = _small()
    assert _worse(rack, "pi-2")["PostgreSQL"] is MAY_STOP
    assert _why(rack, "PostgreSQL", "pi-2") == "its only copy may have been there"


def test_a_copy_needs_a_disk_that_holds_it() -> None:
    rack = load(
        "nodes:\n"
        "  pi-1: {role: server, disk: nvme, storage: 32G, board: rpi5-8gb, address: 10.0.0.1}\n"
        "  pi-2: {role: agent, disk: nvme, storage: 256G, board: rpi5-8gb, address: 10.0.0.2}\n"
        "  pi-3: {role: agent, disk: nvme, storage: 256G, board: rpi5-8gb, address: 10.0.0.3}\n"
        "data: {postgres: {instances: 2, storage: 100G}}\n"
    )
    assert "PostgreSQL" not in _worse(rack)
    assert _worse(rack, "pi-2")["PostgreSQL"] is WEAKER
    assert _why(rack, "PostgreSQL", "pi-2") == "1 of 2 copies have a place"


def test_a_cache_that_fits_in_sum_and_on_no_machine_stops() -> None:
    rack = load(
        "nodes:\n"
        "  pi-1: {role: server, disk: nvme, board: rpi4-2gb, address: 10.0.0.1}\n"
        "  pi-2: {role: agent, board: rpi4-4gb, address: 10.0.0.2}\n"
        "  pi-3: {role: agent, board: rpi4-2gb, address: 10.0.0.3}\n"
        "data: {cache: {memory: 2Gi}}\n"
    )
    assert _worse(rack, "pi-2")["Valkey"] is STOPS
    after = report(rack, change(rack, ["pi-2"], ())).after
    assert [part.what for part in after.left_over] == ["Valkey"]
    assert all(measure.fits for measure in after.measures)


def test_the_cache_goes_where_it_takes_no_copys_place() -> None:
    rack = load(
        "nodes:\n"
        "  pi-1: {role: server, disk: nvme, cpus: 4, memory: 6Gi, address: 10.0.0.1}\n"
        "  pi-2: {role: agent, memory: 2Gi, address: 10.0.0.2}\n"
        "data: {postgres: {memory: 5Gi}, cache: {memory: 1Gi}}\n"
    )
    parts = {each.name: [part.what for part in each.parts] for each in report(rack).after.machines}
    assert parts == {"pi-1": ["system", "PostgreSQL"], "pi-2": ["system", "Valkey"]}


def test_a_model_without_a_fall_back_stops_with_its_machine() -> None:
    rack = load(
        "nodes: {forge: {role: gpu, gpu: {memory: 24Gi}}}\n"
        "models: {chat: {prefer: [{engine: ollama, model: 'llama3.1:8b', node: forge}]}}\n"
    )
    assert _worse(rack, "forge") == {"model chat": STOPS}
    assert _worse(rack, "gpu") == {"model chat": STOPS}


def test_an_application_stops_with_the_last_machine_of_its_kind() -> None:
    rack = load(
        "nodes:\n"
        "  pi-1: {role: server, disk: nvme, board: rpi5-8gb, address: 10.0.0.1}\n"
        "  big: {role: agent, board: n100-16gb, address: 10.0.0.2}\n"
        "applications: {hello: {repository: hello, arch: [amd64]}}\n"
    )
    assert _worse(rack, "big")["application hello"] is STOPS


def test_backups_stop_with_the_machine_that_they_go_to() -> None:
    rack = load((RACKS / "three-servers.yaml").read_text())
    assert _worse(rack, "shelf") == {"backups": STOPS}


def test_a_cluster_across_vlans_needs_its_router() -> None:
    rack = load(
        (RACKS / "gpu-in-cluster.yaml")
        .read_text()
        .replace("nodes:\n", "nodes:\n  gw-1: {role: router, address: 10.20.20.1}\n")
    )
    assert _worse(rack, "gw-1") == {"network": STOPS, "cluster forge": WEAKER}


def test_a_rack_of_one_promises_nothing_that_a_loss_could_stop() -> None:
    assert losses(Rack()) == ()
    assert report(Rack()).worse == ()


def test_what_is_cut_off_still_draws() -> None:
    cut, gone = (report(HOME, change(HOME, [word], ())) for word in ("link:8", "forge"))
    assert cut.after.capacity.watts == HOME_WATTS
    assert gone.after.capacity.watts == HOME_WATTS - 90
    assert report(HOME, change(HOME, ["gpu"], ())).after.capacity.watts == HOME_WATTS - 30
    presence = {each.name: each.presence for each in cut.after.machines}
    assert presence["forge"] is Presence.CUT
    assert presence["pi-1"] is Presence.STAYS


def test_what_is_added_takes_a_port_and_is_on_the_list() -> None:
    added = ["pi-5=rpi5-8gb,disk=nvme,price=95 EUR", "pi-6=rpi5-8gb,price=80 USD", "pi-7=rpi3"]
    found = report(HOME, change(HOME, [], added))
    ports = {each.what: each for each in found.after.measures}["switch ports"]
    assert (ports.asks, ports.has) == (10, 16)
    assert [(name, str(price)) for name, _, price in found.shopping.items] == [
        ("pi-5", "95.00 EUR"),
        ("pi-6", "80.00 USD"),
        ("pi-7", "None"),
    ]
    assert [str(total) for total in found.shopping.totals] == ["95.00 EUR", "80.00 USD"]
    assert found.shopping.unknown == ("pi-7",)
    assert found.problems == ()


def test_what_is_not_owned_is_on_the_list() -> None:
    rack = load("nodes: {pi-1: {role: server, disk: nvme, owned: false, price: 95 EUR}}")
    assert [name for name, _, _ in report(rack).shopping.items] == ["pi-1"]


def test_a_server_more_is_said_to_be_one_too_many() -> None:
    found = report(HOME, change(HOME, [], ["pi-5=rpi5-8gb,disk=nvme,role=server"]))
    assert len(found.problems) == 1
    assert "an even number" in found.problems[0]


def test_a_machine_that_takes_the_place_of_another() -> None:
    found = report(HOME, change(HOME, ["pi-1"], ["pi-5=rpi5-8gb,disk=nvme,role=server"]))
    cluster = next(each for each in found.after.standings if each.what == "cluster home")
    assert cluster.why.startswith("3 of 4 servers left")
    assert cluster.state is WEAKER
    assert found.problems == ()


def _small() -> Rack:
    return load(
        "nodes:\n"
        "  pi-1: {role: server, disk: nvme, board: rpi5-8gb, address: 10.0.0.1}\n"
        "  pi-2: {role: agent, board: rpi5-8gb, address: 10.0.0.2}\n"
    )


@pytest.mark.parametrize(
    ("lost", "added", "said"),
    [
        ("pi1", "", "the rack has no 'pi1'. Did you mean 'pi-1'?"),
        ("link:17", "", "the switch has no port '17'"),
        ("link:x", "", "the switch has no port 'x'"),
        ("link:", "", "the switch has no port ''"),
        ("gpu:pi-1", "", "the rack has no 'gpu:pi-1'"),
        ("", "pi-5", "'pi-5' is no NAME=BOARD"),
        ("", "Pi=rpi3", "'Pi=rpi3' is no NAME=BOARD"),
        ("", "pi-1=rpi3", "the rack already has 'pi-1'"),
        ("", "pi-5=rpi5", "there is no board 'rpi5'. Did you mean 'rpi5-2gb'?"),
        ("", "pi-5=rpi3,dsk=sd", "a node has no 'dsk'. Did you mean 'disk'?"),
        ("", "pi-5=rpi3,disk=nvm", "disk: 'nvm' is not one of sd"),
        ("", "pi-5=rpi3,gpu=much", "gpu: 'much' is not a size"),
        ("", "pi-5=rpi3,price=95", "price: '95' is not an amount of money"),
    ],
)
def test_what_cannot_be_read_is_said_with_a_fix(lost: str, added: str, said: str) -> None:
    with pytest.raises(RackhouseError) as caught:
        change(HOME, filter(None, [lost]), filter(None, [added]))
    assert said in caught.value.what
    assert caught.value.fix


def test_one_name_is_added_once() -> None:
    with pytest.raises(RackhouseError, match="added twice"):
        change(HOME, [], ["pi-5=rpi3", "pi-5=rpi3"])


def test_without_nodes_or_a_switch_there_is_nothing_to_take_away() -> None:
    for word in ("pi-1", "link:1", "switch", "gpu"):
        with pytest.raises(RackhouseError):
            change(Rack(), [word], [])


def test_a_board_and_keys_make_a_machine() -> None:
    (node,) = change(HOME, [], ["big=x86,memory=64Gi,cpus=16,gpu=24Gi,role=gpu"]).added
    assert (node.memory, node.cpus, node.gpu and node.gpu.memory) == (64 * 2**30, 16, 24 * 2**30)
    (node,) = change(HOME, [], ["pi-5=rpi5-8gb"]).added
    assert (node.role, node.memory, node.watts) == ("agent", 8 * 2**30, 7)


def test_own_tokens_against_an_outside_api() -> None:
    (found,) = report(HOME).break_even
    seconds = 750_000 / 3000 + 250_000 / 95
    assert found.outside_price == pytest.approx(0.75 * 0.22 + 0.25 * 1.75)
    assert found.own_power == pytest.approx((420 - 55) / 1000 * seconds / 3600 * 0.32)
    assert found.standing_power == pytest.approx(55 / 1000 * 730.5 * 0.32)
    assert found.most == pytest.approx(730.5 * 3600 / seconds)
    saved = found.outside_price - found.own_power
    assert found.even == pytest.approx(found.standing_power / saved)
    assert found.paid_back == pytest.approx(1250 / (saved * found.most - found.standing_power))


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("tokens_per_second: 95", "memory: 8Gi", "`tokens_per_second` of models.chat.prefer[0]"),
        ("price: {input: 0.22 EUR, output: 1.75 EUR}", "", "`price` of models.chat.fall_back[0]"),
        ("0.22 EUR, output: 1.75 EUR", "0.25 USD, output: 2 USD", "in EUR, as `electricity` is"),
        ("electricity: 0.32 EUR/kWh", "", "`electricity`"),
        ("watts: 90", "", None),
    ],
)
def test_what_a_comparison_lacks_is_named(old: str, new: str, missing: str | None) -> None:
    text = (RACKS / "home.yaml").read_text().replace("budget: 10 EUR/month", "")
    assert old in text
    text = text.replace(old, new)
    (found,) = report(load(text)).break_even
    if missing is None:
        assert found.even is not None
        return
    assert any(missing in line for line in found.missing)
    assert found.even is None


def test_tokens_that_cost_more_here_never_pay() -> None:
    text = (RACKS / "home.yaml").read_text()
    cheap = text.replace("input: 0.22 EUR, output: 1.75 EUR", "input: 0.01 EUR, output: 0.02 EUR")
    (found,) = report(load(cheap)).break_even
    assert (found.even, found.paid_back, found.missing) == (None, None, ())


def test_nothing_is_the_change_that_changes_nothing() -> None:
    found = report(HOME, Change())
    assert found.before == found.after
    assert found.problems == ()
