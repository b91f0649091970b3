"""Every rule about what a rack may say, in one table. Pure.

A rule is a function of the rack (and of one node, VLAN, ... of it): its name in kebab case is the
rule's, its docstring says why it is there. To add one: write it, add it here, and give it a file in
`tests/scenarios/rack`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rackhouse.rack.model import Rack
from rackhouse.rack.models import Local, Model, Outside
from rackhouse.rack.rules import (
    accounts,
    applications,
    asking,
    clusters,
    k3s,
    models,
    network,
    nodes,
    outside,
    switch,
    wiring,
)
from rackhouse.rack.rules.finding import Finding, Findings, Rule
from rackhouse.rack.unreadable import Unreadable

Check = Callable[..., Findings]


def _each(subjects: Callable[[Rack], Iterable[Any]], *checks: Check) -> tuple[Rule, ...]:
    return tuple(Rule(check, subjects) for check in checks)


def _locals(rack: Rack) -> Iterator[tuple[Model, int, Local]]:
    for model in rack.models:
        for number, local in enumerate(model.prefer):
            yield model, number, local


def _outside(rack: Rack) -> Iterator[tuple[Model, int, Outside]]:
    for model in rack.models:
        for number, it in enumerate(model.fall_back):
            yield model, number, it


RULES: tuple[Rule, ...] = (
    *_each(
        lambda rack: rack.nodes,
        nodes.node_too_small,
        nodes.gpu_role_without_gpu,
        nodes.runtime_without_gpu_role,
        nodes.gpu_inside_no_cluster,
        nodes.wake_address_of_a_group,
        nodes.watts_out_of_order,
        nodes.sleeper_that_others_need,
        nodes.sleeper_that_nobody_wakes,
        nodes.node_without_address,
        nodes.address_outside_every_subnet,
        nodes.address_of_no_machine,
        nodes.address_of_the_gateway,
        nodes.address_in_dhcp_range,
        wiring.node_on_the_uplink,
        wiring.port_without_switch,
        models.models_too_large_together,
        models.models_on_one_port,
        models.models_of_two_images,
    ),
    Rule(nodes.duplicate_address),
    Rule(nodes.duplicate_wake_address),
    Rule(nodes.two_machines_of_one_name),
    *_each(
        lambda rack: rack.network.vlans,
        network.vlan_id_out_of_range,
        network.subnet_not_private,
        network.subnet_of_the_inside,
        network.subnet_too_small,
        network.gateway_outside_subnet,
        network.dhcp_outside_subnet,
        network.dhcp_hands_out_the_gateway,
        network.dhcp_without_server,
        network.virtual_ip_outside_subnet,
        network.virtual_ip_in_dhcp_range,
        network.virtual_ip_without_servers,
    ),
    Rule(network.duplicate_vlan_id),
    Rule(network.overlapping_subnets),
    Rule(switch.switch_without_address),
    Rule(switch.switch_out_of_reach),
    Rule(wiring.switch_port_out_of_range),
    Rule(wiring.duplicate_switch_port),
    Rule(wiring.router_on_unknown_node),
    Rule(wiring.vlans_without_router),
    Rule(wiring.reach_without_firewall),
    *_each(
        lambda rack: enumerate(rack.network.reach),
        wiring.reach_of_unknown_vlan,
        wiring.reach_within_a_vlan,
    ),
    *_each(
        lambda rack: rack.clusters,
        clusters.etcd_on_sd_card,
        clusters.even_number_of_servers,
        clusters.cluster_without_server,
        clusters.cluster_begun_by_nobody,
        clusters.cluster_of_unknown_node,
        clusters.node_cannot_join,
        wiring.cluster_cut_by_vlans,
        k3s.k3s_too_old,
        k3s.k3s_without_checksum,
        k3s.k3s_checksum_of_no_architecture,
        k3s.k3s_on_unknown_architecture,
        k3s.k3s_without_address,
        k3s.k3s_registry_unreadable,
        k3s.sqlite_of_several_servers,
        k3s.host_gw_across_subnets,
    ),
    Rule(clusters.agents_without_server),
    Rule(clusters.node_in_two_clusters),
    Rule(clusters.more_copies_than_machines),
    Rule(clusters.data_larger_than_disks),
    *_each(
        _locals,
        models.model_too_large,
        models.model_on_unknown_node,
        models.model_without_gpu,
        models.model_that_is_not_built_in,
        models.model_out_of_reach,
    ),
    *_each(
        lambda rack: rack.models, models.model_that_nobody_answers, asking.shadow_without_budget
    ),
    *_each(
        _outside,
        asking.provider_without_address,
        asking.budget_without_price,
        asking.next_price_without_a_day,
    ),
    *_each(asking.candidates, asking.unknown_caller, asking.prompt_of_no_length),
    Rule(asking.currencies_that_differ),
    Rule(asking.one_server_said_otherwise),
    *_each(
        lambda rack: rack.applications,
        applications.one_source,
        applications.reserved_application_name,
        applications.gateway_by_another_name,
        applications.retrieval_by_another_name,
        applications.host_outside_domain,
        applications.application_on_unknown_cluster,
        applications.architecture_on_no_node,
        applications.open_off_loopback,
        applications.public_and_signed_in,
        asking.model_that_nobody_may_ask,
    ),
    Rule(applications.two_applications_one_host),
    Rule(accounts.keeper_with_a_name_that_is_taken),
    Rule(outside.domain_of_multicast),
    Rule(outside.one_port_two_doors),
    Rule(outside.internet_needs_a_public_domain),
    Rule(outside.certified_domain_is_public),
    Rule(outside.name_server_that_is_told),
    Rule(outside.internet_needs_fixed_ports),
    Rule(outside.internet_needs_a_firewall),
    Rule(outside.backup_on_the_disk_it_protects),
    Rule(outside.backup_to_unknown_node),
    Rule(outside.backup_gone_before_the_next),
    Rule(outside.backup_without_bucket),
    Rule(outside.objects_at_an_address),
    Rule(outside.recovery_without_copies),
    Rule(outside.recovery_into_itself),
)


def findings(rack: Rack) -> Iterator[tuple[str, Finding]]:
    """Everything that makes no sense, with the rule's name, so far as the rack could be read."""
    for rule in RULES:
        for subject in _careful(rule.findings(rack)):
            for finding in _careful(subject):
                yield rule.name, finding


def _careful(stream: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from stream
    except Unreadable:
        return
