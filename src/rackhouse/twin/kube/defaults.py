"""What the server fills in where an object says nothing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rackhouse.twin.kube.body import Body, name_of
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.schemas import filled

Default = Callable[[Body], Body]


def defaulted(kind: Kind, body: Body) -> Body:
    """The object with its defaults."""
    if kind.schema is not None:
        return {**filled(kind.schema, body), "metadata": body["metadata"]}
    fill = _BY_KIND.get(kind.resource)
    return fill(body) if fill else body


def _namespace(body: Body) -> Body:
    labels = {
        **(body["metadata"].get("labels") or {}),
        "kubernetes.io/metadata.name": name_of(body),
    }
    return {
        **body,
        "metadata": {**body["metadata"], "labels": labels},
        "spec": {"finalizers": ["kubernetes"], **(body.get("spec") or {})},
        "status": {"phase": "Active", **(body.get("status") or {})},
    }


def _secret(body: Body) -> Body:
    from base64 import b64encode

    plain = body.get("stringData") or {}
    data = {key: b64encode(it.encode()).decode() for key, it in plain.items()}
    body = {key: it for key, it in body.items() if key != "stringData"}
    if data:
        body["data"] = {**(body.get("data") or {}), **data}
    return {"type": "Opaque", **body}


def _with_pod(**spec: Any) -> Default:
    def fill(body: Body) -> Body:
        said = {**spec, **(body.get("spec") or {})}
        template = said.get("template") or {}
        said["template"] = {**template, "spec": _pod_spec(template.get("spec") or {})}
        return {"status": {}, **body, "spec": said}

    return fill


def _deployment(body: Body) -> Body:
    body = _with_pod(replicas=1, progressDeadlineSeconds=600, revisionHistoryLimit=10)(body)
    strategy = {"type": "RollingUpdate", **(body["spec"].get("strategy") or {})}
    if strategy["type"] == "RollingUpdate":
        own = strategy.get("rollingUpdate") or {}
        strategy["rollingUpdate"] = {"maxSurge": "25%", "maxUnavailable": "25%", **own}
    return {**body, "spec": {**body["spec"], "strategy": strategy}}


def _stateful(body: Body) -> Body:
    body = _with_pod(replicas=1, podManagementPolicy="OrderedReady", revisionHistoryLimit=10)(body)
    spec = body["spec"]
    strategy = {"type": "RollingUpdate", **(spec.get("updateStrategy") or {})}
    if strategy["type"] == "RollingUpdate":
        strategy["rollingUpdate"] = {"partition": 0, **(strategy.get("rollingUpdate") or {})}
    keep = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    keep |= spec.get("persistentVolumeClaimRetentionPolicy") or {}
    claims = [
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **it, "spec": _claim_spec(it)}
        | {"status": {"phase": "Pending"}}
        for it in spec.get("volumeClaimTemplates") or ()
    ]
    spec = {**spec, "updateStrategy": strategy, "persistentVolumeClaimRetentionPolicy": keep}
    status = {"availableReplicas": 0, "replicas": 0, **(body.get("status") or {})}
    return {
        **body,
        "status": status,
        "spec": {**spec, "volumeClaimTemplates": claims} if claims else spec,
    }


def _daemon(body: Body) -> Body:
    body = _with_pod(revisionHistoryLimit=10)(body)
    strategy = {"type": "RollingUpdate", **(body["spec"].get("updateStrategy") or {})}
    if strategy["type"] == "RollingUpdate":
        own = strategy.get("rollingUpdate") or {}
        strategy["rollingUpdate"] = {"maxSurge": 0, "maxUnavailable": 1, **own}
    notes = {
        "deprecated.daemonset.template.generation": "1",
        **(body["metadata"].get("annotations") or {}),
    }
    status = {**dict.fromkeys(_COUNTS, 0), **(body.get("status") or {})}
    body = {**body, "metadata": {**body["metadata"], "annotations": notes}, "status": status}
    return {**body, "spec": {**body["spec"], "updateStrategy": strategy}}


_BUDGET = ("currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods")
_COUNTS = (
    "currentNumberScheduled",
    "desiredNumberScheduled",
    "numberMisscheduled",
    "numberReady",
)
_JOB = {
    "backoffLimit": 6,
    "completionMode": "NonIndexed",
    "completions": 1,
    "manualSelector": False,
    "parallelism": 1,
    "podReplacementPolicy": "TerminatingOrFailed",
    "suspend": False,
}


def _cron(body: Body) -> Body:
    spec = {
        "concurrencyPolicy": "Allow",
        "failedJobsHistoryLimit": 1,
        "successfulJobsHistoryLimit": 3,
        "suspend": False,
        **(body.get("spec") or {}),
    }
    job = spec.get("jobTemplate") or {}
    inner = job.get("spec") or {}
    template = inner.get("template") or {}
    template = {"metadata": {}, **template, "spec": _pod_spec(template.get("spec") or {})}
    inner = {**inner, "template": template}
    job = {"metadata": {}, **job, "spec": inner}
    return {"status": {}, **body, "spec": {**spec, "jobTemplate": job}}


def _pod(body: Body) -> Body:
    spec = {"enableServiceLinks": True, **_pod_spec(body.get("spec") or {})}
    for part in ("containers", "initContainers"):
        if part in spec:
            spec[part] = [_asking(it) for it in spec[part]]
    status = {"phase": "Pending", **(body.get("status") or {})}
    return {**body, "spec": spec, "status": status}


def _asking(it: Mapping[str, Any]) -> Body:
    """A container of a pod asks for what it is limited to, where it does not say."""
    own = it.get("resources") or {}
    if not own.get("limits"):
        return dict(it)
    requests = {**own["limits"], **(own.get("requests") or {})}
    return {**it, "resources": {**own, "requests": requests}}


def _pod_spec(spec: Mapping[str, Any]) -> Body:
    found = {
        "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
        **spec,
    }
    if name := found.get("serviceAccountName"):
        found["serviceAccount"] = name
    for key in ("containers", "initContainers"):
        if key in found:
            found[key] = [_container(it) for it in found[key]]
    if "volumes" in found:
        found["volumes"] = [_volume(it) for it in found["volumes"]]
    return found


def _container(it: Mapping[str, Any]) -> Body:
    image = str(it.get("image", ""))
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    pinned = "@" in image or (tag and tag != "latest")
    found = {
        "imagePullPolicy": "IfNotPresent" if pinned else "Always",
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        **it,
    }
    if "ports" in found:
        found["ports"] = [{"protocol": "TCP", **port} for port in found["ports"]]
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        if key in found:
            found[key] = _probe(found[key])
    if "env" in found:
        found["env"] = [_variable(it) for it in found["env"]]
    return found


def _variable(it: Mapping[str, Any]) -> Body:
    source = it.get("valueFrom")
    if not source or "fieldRef" not in source:
        return dict(it)
    return {**it, "valueFrom": {**source, "fieldRef": {"apiVersion": "v1", **source["fieldRef"]}}}


def _probe(it: Mapping[str, Any]) -> Body:
    times = {"failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1}
    found = {**times, **it}
    if "httpGet" in found:
        found["httpGet"] = {"path": "/", "scheme": "HTTP", **found["httpGet"]}
    if "grpc" in found:
        found["grpc"] = {"service": "", **found["grpc"]}
    return found


_MODES = {"secret": 420, "configMap": 420, "projected": 420, "downwardAPI": 420}


def _volume(it: Mapping[str, Any]) -> Body:
    found = dict(it)
    for key, mode in _MODES.items():
        if key in found:
            found[key] = {"defaultMode": mode, **found[key]}
    if "hostPath" in found:
        found["hostPath"] = {"type": "", **found["hostPath"]}
    return found if set(found) - {"name"} else {**found, "emptyDir": {}}


def _service(body: Body) -> Body:
    spec = {
        "internalTrafficPolicy": "Cluster",
        "sessionAffinity": "None",
        "type": "ClusterIP",
        **(body.get("spec") or {}),
    }
    if "ports" in spec:
        spec["ports"] = [
            {"protocol": "TCP", "targetPort": it.get("port"), **it} for it in spec["ports"]
        ]
    if spec["type"] in {"LoadBalancer", "NodePort"}:
        spec = {"externalTrafficPolicy": "Cluster", **spec}
    if spec["type"] == "LoadBalancer":
        spec = {"allocateLoadBalancerNodePorts": True, **spec}
    if spec["type"] == "ExternalName":
        spec.pop("internalTrafficPolicy")
    return {**body, "spec": spec, "status": {"loadBalancer": {}, **(body.get("status") or {})}}


def _policy(body: Body) -> Body:
    spec = dict(body.get("spec") or {})
    spec.setdefault("podSelector", {})
    spec.setdefault("policyTypes", ["Ingress", *(["Egress"] if "egress" in spec else [])])
    for key in ("ingress", "egress"):
        if key in spec:
            spec[key] = [_rule(it) for it in spec[key]]
    return {**body, "spec": spec}


def _rule(it: Mapping[str, Any]) -> Body:
    if "ports" not in it:
        return dict(it)
    return {**it, "ports": [{"protocol": "TCP", **port} for port in it["ports"]]}


def _claim_spec(body: Mapping[str, Any]) -> Body:
    return {"volumeMode": "Filesystem", **(body.get("spec") or {})}


def _claim(body: Body) -> Body:
    status = {"phase": "Pending", **(body.get("status") or {})}
    return {**body, "spec": _claim_spec(body), "status": status}


def _with_status(**status: Any) -> Default:
    return lambda body: {**body, "status": {**status, **(body.get("status") or {})}}


def _scaler(body: Body) -> Body:
    return {**body, "spec": {"minReplicas": 1, **(body.get("spec") or {})}}


def _crd(body: Body) -> Body:
    spec = dict(body.get("spec") or {})
    names = dict(spec.get("names") or {})
    if "kind" in names:
        names = {"singular": names["kind"].lower(), "listKind": f"{names['kind']}List", **names}
    return {**body, "spec": {"conversion": {"strategy": "None"}, **spec, "names": names}}


def _class(body: Body) -> Body:
    return {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", **body}


def _priority(body: Body) -> Body:
    return {"preemptionPolicy": "PreemptLowerPriority", **body}


_BY_KIND: Mapping[str, Default] = {
    "namespaces": _namespace,
    "secrets": _secret,
    "pods": _pod,
    "services": _service,
    "persistentvolumeclaims": _claim,
    "deployments.apps": _deployment,
    "replicasets.apps": _with_pod(replicas=1),
    "statefulsets.apps": _stateful,
    "daemonsets.apps": _daemon,
    "jobs.batch": _with_pod(**_JOB),
    "cronjobs.batch": _cron,
    "ingresses.networking.k8s.io": _with_status(loadBalancer={}),
    "poddisruptionbudgets.policy": _with_status(**dict.fromkeys(_BUDGET, 0)),
    "resourcequotas": _with_status(),
    "networkpolicies.networking.k8s.io": _policy,
    "horizontalpodautoscalers.autoscaling": _scaler,
    "customresourcedefinitions.apiextensions.k8s.io": _crd,
    "storageclasses.storage.k8s.io": _class,
    "priorityclasses.scheduling.k8s.io": _priority,
}
