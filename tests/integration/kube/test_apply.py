"""Server-side apply: who owns what, who conflicts with whom, what goes when no more is applied."""

from __future__ import annotations

from integration.kube.api import (
    MERGE,
    Api,
    config,
    deployment,
    managers,
    manifest,
    with_container,
    with_pods,
)


async def test_an_object_is_made_then_nothing_is_to_do(api: Api) -> None:
    answer = await api.apply(deployment())
    assert answer.status_code == 201
    made = answer.json()
    again = await api.ok(api.apply(deployment()))
    assert again == made
    assert made["metadata"]["generation"] == 1


async def test_only_what_is_applied_is_owned(api: Api) -> None:
    made = await api.ok(api.apply(deployment(replicas=3)))
    container = {
        ".": {},
        "f:image": {},
        "f:name": {},
        "f:ports": {
            'k:{"containerPort":8080,"protocol":"TCP"}': {".": {}, "f:containerPort": {}},
        },
        "f:securityContext": {
            "f:allowPrivilegeEscalation": {},
            "f:capabilities": {"f:drop": {}},
            "f:runAsNonRoot": {},
            "f:seccompProfile": {"f:type": {}},
        },
    }
    assert managers(made)["suite"] == {
        "f:spec": {
            "f:replicas": {},
            "f:selector": {},
            "f:template": {
                "f:metadata": {"f:labels": {"f:app": {}}},
                "f:spec": {"f:containers": {'k:{"name":"web"}': container}},
            },
        }
    }


async def test_the_server_fills_in_what_is_not_said(api: Api) -> None:
    spec = (await api.ok(api.apply(deployment())))["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"},
    }
    assert (spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (10, 600)
    [container] = spec["template"]["spec"]["containers"]
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["ports"] == [{"containerPort": 8080, "protocol": "TCP"}]


async def test_anothers_field_is_a_conflict_that_names_it(api: Api) -> None:
    await api.ok(api.apply(deployment()))
    words = await api.refused(api.apply(deployment(replicas=5), "other"), 409)
    assert words == 'Apply failed with 1 conflict: conflict with "suite": .spec.replicas'


async def test_several_conflicts_are_said_at_once(api: Api) -> None:
    await api.ok(api.apply(deployment()))
    change = with_container(image="example.com/web:2")
    change["spec"]["replicas"] = 5
    answer = await api.apply(change, "other")
    assert answer.json()["details"]["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "suite"',
            "field": field,
        }
        for field in (".spec.replicas", '.spec.template.spec.containers[name="web"].image')
    ]
    assert answer.json()["message"] == (
        'Apply failed with 2 conflicts: conflicts with "suite":\n- .spec.replicas\n'
        '- .spec.template.spec.containers[name="web"].image'
    )


async def test_the_same_value_is_owned_by_both(api: Api) -> None:
    await api.ok(api.apply(deployment()))
    both = managers(await api.ok(api.apply(deployment(), "other")))
    assert both["suite"] == both["other"]


async def test_force_takes_a_field_from_its_owner(api: Api) -> None:
    await api.ok(api.apply(deployment()))
    taken = await api.ok(api.apply(deployment(replicas=5), "other", force="true"))
    assert taken["spec"]["replicas"] == 5
    assert "f:replicas" in managers(taken)["other"]["f:spec"]
    assert "f:replicas" not in managers(taken)["suite"]["f:spec"]


async def test_what_is_applied_no_more_goes_back_to_the_default(api: Api) -> None:
    await api.ok(api.apply(deployment(replicas=4)))
    less = deployment()
    del less["spec"]["replicas"]
    assert (await api.ok(api.apply(less)))["spec"]["replicas"] == 1


async def test_what_another_owns_too_stays(api: Api) -> None:
    await api.ok(api.apply(deployment(replicas=4)))
    await api.ok(api.apply(deployment(replicas=4), "other"))
    less = deployment()
    del less["spec"]["replicas"]
    assert (await api.ok(api.apply(less)))["spec"]["replicas"] == 4


async def test_an_item_that_is_applied_no_more_goes_whole(api: Api) -> None:
    more = with_container(readinessProbe={"httpGet": {"port": 8080}}, args=["a"])
    more["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "side:1"})
    await api.ok(api.apply(more))
    spec = (await api.ok(api.apply(deployment())))["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["name"] == "web"
    assert "readinessProbe" not in container
    assert "args" not in container


async def test_items_by_key_are_merged_and_keep_their_order(api: Api) -> None:
    first = with_container(env=[{"name": "A", "value": "1"}, {"name": "C", "value": "3"}])
    await api.ok(api.apply(first))
    mine = with_container(env=[{"name": "B", "value": "2"}])
    made = await api.ok(api.apply(mine, "other"))
    env = made["spec"]["template"]["spec"]["containers"][0]["env"]
    assert [it["name"] for it in env] == ["A", "C", "B"]


async def test_an_atomic_list_has_one_owner(api: Api) -> None:
    await api.ok(api.apply(with_container(args=["a", "b"])))
    words = await api.refused(api.apply(with_container(args=["a"]), "other"), 409)
    assert words.endswith('.spec.template.spec.containers[name="web"].args')


async def test_an_atomic_map_has_one_owner(api: Api) -> None:
    await api.ok(api.apply(with_pods(nodeSelector={"a": "b"})))
    words = await api.refused(api.apply(with_pods(nodeSelector={"c": "d"}), "other"), 409)
    assert words.endswith(".spec.template.spec.nodeSelector")


async def test_a_label_of_anothers_comes_and_goes_alone(api: Api) -> None:
    await api.ok(api.apply(config(metadata={"labels": {"mine": "x"}}, data={"a": "b"})))
    both = await api.ok(api.apply(config(metadata={"labels": {"its": "y"}}), "other"))
    assert both["metadata"]["labels"] == {"mine": "x", "its": "y"}
    left = await api.ok(api.apply(config(), "other"))
    assert left["metadata"]["labels"] == {"mine": "x"}
    assert "other" not in managers(left)


async def test_a_change_by_hand_is_a_conflict_with_its_tool(api: Api) -> None:
    body = config(data={"a": "b"})
    await api.ok(api.apply(body))
    edited = await api.ok(api.patch(body, {"data": {"a": "c"}}, MERGE, fieldManager="kubectl-edit"))
    assert "suite" not in managers(edited)
    words = await api.refused(api.apply(body), 409)
    assert words == ('Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a')
    assert (await api.ok(api.apply(body, force="true")))["data"] == {"a": "b"}


async def test_who_scales_owns_the_number(api: Api) -> None:
    body = deployment()
    await api.ok(api.apply(body))
    scaled = await api.ok(api.patch(body, {"spec": {"replicas": 7}}, MERGE, "scale"))
    assert (scaled["kind"], scaled["spec"], scaled["status"]["selector"]) == (
        "Scale",
        {"replicas": 7},
        "app=web",
    )
    words = await api.refused(api.apply(body), 409)
    assert words == (
        'Apply failed with 1 conflict: conflict with "suite" with subresource "scale" using'
        " apps/v1: .spec.replicas"
    )


async def test_a_dry_run_answers_and_keeps_nothing(api: Api) -> None:
    made = await api.ok(api.apply(deployment(), dryRun="All"))
    assert made["spec"]["revisionHistoryLimit"] == 10
    assert (await api.get(deployment())).status_code == 404
    kept = await api.ok(api.apply(deployment()))
    changed = await api.ok(api.apply(deployment(replicas=9), dryRun="All"))
    assert changed["spec"]["replicas"] == 9
    assert await api.ok(api.get(deployment())) == kept


async def test_a_dry_run_refuses_as_the_real_run(api: Api) -> None:
    await api.ok(api.apply(deployment()))
    await api.refused(api.apply(deployment(replicas=5), "other", dryRun="All"), 409)


async def test_null_is_no_value_and_owned(api: Api) -> None:
    await api.ok(api.apply(deployment(replicas=4)))
    assert (await api.ok(api.apply(deployment(replicas=None))))["spec"]["replicas"] == 1


async def test_a_secret_in_plain_is_kept_encoded(api: Api) -> None:
    made = await api.ok(api.apply(manifest("v1", "Secret", "s", stringData={"a": "b"})))
    assert made["data"] == {"a": "Yg=="}
    assert "stringData" not in made
    assert made["type"] == "Opaque"
    assert "stringData" not in (await api.ok(api.get(made)))


async def test_generation_counts_what_is_wanted_alone(api: Api) -> None:
    body = deployment()
    await api.ok(api.apply(body))
    labelled = await api.ok(api.patch(body, {"metadata": {"labels": {"a": "b"}}}))
    assert labelled["metadata"]["generation"] == 1
    changed = await api.ok(api.patch(body, {"spec": {"replicas": 3}}))
    assert changed["metadata"]["generation"] == 2


async def test_who_applies_says_who_they_are(api: Api) -> None:
    body = deployment()
    words = await api.refused(api.patch(body, body, "application/apply-patch+yaml"), 422)
    assert words.endswith("fieldManager: Required value: is required for apply patch")
