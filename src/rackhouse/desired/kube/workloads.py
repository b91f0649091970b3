"""What runs an application's pod, and how it is reached from outside. Pure.

A volume that bears one user makes it a StatefulSet, whose old pod is gone before the new one comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import apps_v1, autoscaling_v2, batch_v1, core_v1, networking_v1, policy_v1
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.apps_v1 import Deployment, StatefulSet
from lightkube.resources.autoscaling_v2 import HorizontalPodAutoscaler
from lightkube.resources.batch_v1 import CronJob
from lightkube.resources.core_v1 import ConfigMap, Service
from lightkube.resources.networking_v1 import Ingress
from lightkube.resources.policy_v1 import PodDisruptionBudget

from rackhouse.app.model import Kind
from rackhouse.desired.case import Case
from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.containers import SECRET
from rackhouse.desired.kube.files import CONFIG
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import CONSOLE
from rackhouse.desired.kube.pods import Pod, selector
from rackhouse.desired.kube.reach import Answered, workload
from rackhouse.desired.kube.sizes import CPU_TARGET
from rackhouse.desired.listening import ports_of
from rackhouse.desired.routes import access
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.machine import Access
from rackhouse.resources.vault import Authority, Certificate

TLS = "tls"  # the Secret of the certificate
MIDDLEWARE = "signed-in"
LASTS = 3600  # seconds that a scheduled run may take, or start late


def workloads(case: Case, pod: Pod) -> Iterator[Resource[Any]]:
    """What runs the pod, with what it reads."""
    home, name = Home.of(case), workload(case)
    needs = {*pod.needs, home.id("ServiceAccount", name)}
    if pod.secrets:
        yield home.secret(SECRET, pod.secrets)
        needs.add(home.id("Secret", SECRET))
    if pod.files:
        yield home.made(ConfigMap(metadata=home.metadata(CONFIG), data=dict(pod.files)))
        needs.add(home.id("ConfigMap", CONFIG))
    running = _scheduled(case, pod) if case.app.kind is Kind.SCHEDULE else _lasting(case, pod)
    yield home.made(running, holes=pod.holes, needs=needs)
    low, high = case.app.replicas
    if case.app.kind is not Kind.SCHEDULE and not pod.alone:
        if low > 1:
            yield home.made(_budget(case))
        if high > low:
            yield home.made(_scaling(case))


def _lasting(case: Case, pod: Pod) -> Deployment | StatefulSet:
    home, name = Home.of(case), workload(case)
    matches = LabelSelector(matchLabels=selector(case))
    low, high = case.app.replicas
    _check_replicas(case, pod)
    if pod.alone:
        return StatefulSet(
            metadata=home.metadata(name, selector(case)),
            spec=apps_v1.StatefulSetSpec(
                replicas=1,
                revisionHistoryLimit=3,
                selector=matches,
                serviceName=name,
                template=pod.template,
            ),
        )
    rolling = apps_v1.RollingUpdateDeployment(maxSurge=1, maxUnavailable=0)
    return Deployment(
        metadata=home.metadata(name, selector(case)),
        spec=apps_v1.DeploymentSpec(
            replicas=low if low == high else None,  # else what scales it says how many
            revisionHistoryLimit=3,
            selector=matches,
            strategy=apps_v1.DeploymentStrategy(type="RollingUpdate", rollingUpdate=rolling),
            template=pod.template,
        ),
    )


def _check_replicas(case: Case, pod: Pod) -> None:
    if pod.alone and case.app.replicas[-1] > 1:
        case.say(
            "metadata.annotations.rackhouse.dev/replicas",
            "volume-shared",
            "several copies would write the volume at once, which is made for one",
            "add `params: {shared: true}` to it if they can share it, or run one copy",
        )


def _scheduled(case: Case, pod: Pod) -> CronJob:
    """Never twice at once; a run that was missed is made up for within the hour."""
    home, name = Home.of(case), workload(case)
    assert pod.template.spec is not None
    pod.template.spec.restartPolicy = "Never"
    job = batch_v1.JobSpec(
        activeDeadlineSeconds=LASTS,
        backoffLimit=0,
        template=pod.template,
        ttlSecondsAfterFinished=24 * 3600,
    )
    return CronJob(
        metadata=home.metadata(name, selector(case)),
        spec=batch_v1.CronJobSpec(
            concurrencyPolicy="Forbid",
            failedJobsHistoryLimit=3,
            jobTemplate=batch_v1.JobTemplateSpec(spec=job),
            schedule=case.app.schedule,
            startingDeadlineSeconds=LASTS,
            successfulJobsHistoryLimit=1,
            timeZone=case.app.timezone,
        ),
    )


def _budget(case: Case) -> PodDisruptionBudget:
    """One leaves at a time when a node is drained."""
    spec = policy_v1.PodDisruptionBudgetSpec(
        maxUnavailable=1, selector=LabelSelector(matchLabels=selector(case))
    )
    return PodDisruptionBudget(metadata=Home.of(case).metadata(workload(case)), spec=spec)


def _scaling(case: Case) -> HorizontalPodAutoscaler:
    name = workload(case)
    busy = autoscaling_v2.MetricTarget(type="Utilization", averageUtilization=CPU_TARGET)
    return HorizontalPodAutoscaler(
        metadata=Home.of(case).metadata(name),
        spec=autoscaling_v2.HorizontalPodAutoscalerSpec(
            minReplicas=case.app.replicas[0],
            maxReplicas=case.app.replicas[-1],
            metrics=[
                autoscaling_v2.MetricSpec(
                    type="Resource",
                    resource=autoscaling_v2.ResourceMetricSource(name="cpu", target=busy),
                )
            ],
            scaleTargetRef=autoscaling_v2.CrossVersionObjectReference(
                apiVersion="apps/v1", kind="Deployment", name=name
            ),
        ),
    )


def service(case: Case) -> Iterator[Resource[Any]]:
    """The name at which the application is found, for as long as it has ports."""
    ports = ports_of(case.app) if case.app.kind in {Kind.WEB, Kind.STATIC} else ()
    if not ports:
        return
    home, name = Home.of(case), workload(case)
    found = [core_v1.ServicePort(name=it.name, port=it.port, targetPort=it.target) for it in ports]
    spec = core_v1.ServiceSpec(ports=found, selector=selector(case), type="ClusterIP")
    yield home.made(Service(metadata=home.metadata(name, selector(case)), spec=spec))


def ingress(case: Case, answers: tuple[Answered, ...]) -> Iterator[Resource[Any]]:
    """Host names, with a certificate of the rack's own authority and, where it says so, sign-in."""
    if not answers:
        return
    home, name = Home.of(case), workload(case)
    hosts = sorted({it.host for it in answers})
    yield from _certificate(case, hosts)
    needs = {home.id("Service", name), home.id("Secret", TLS)}
    # Traefik alone speaks to this entry point, so that a request never passes in the clear.
    notes = {"traefik.ingress.kubernetes.io/router.entrypoints": "websecure"}
    if access(case) is Access.SIGNED_IN:
        yield _sign_in(home)
        needs.add(home.id("Middleware", MIDDLEWARE))
        notes["traefik.ingress.kubernetes.io/router.middlewares"] = (
            f"{home.namespace}-{MIDDLEWARE}@kubernetescrd"
        )
    rules = [_rule(case, host, answers) for host in hosts]
    spec = networking_v1.IngressSpec(
        ingressClassName="traefik",
        rules=rules,
        tls=[networking_v1.IngressTLS(hosts=hosts, secretName=TLS)],
    )
    metadata = home.metadata(name, selector(case), notes)
    yield home.made(Ingress(metadata=metadata, spec=spec), needs=needs)


def _rule(case: Case, host: str, answers: tuple[Answered, ...]) -> networking_v1.IngressRule:
    paths = []
    for it in sorted((it for it in answers if it.host == host), key=lambda it: it.path):
        port = networking_v1.ServiceBackendPort(number=it.port.port)
        backend = networking_v1.IngressServiceBackend(name=workload(case), port=port)
        paths.append(
            networking_v1.HTTPIngressPath(
                backend=networking_v1.IngressBackend(service=backend),
                path=it.path,
                pathType="Prefix",
            )
        )
    return networking_v1.IngressRule(
        host=host, http=networking_v1.HTTPIngressRuleValue(paths=paths)
    )


def _certificate(case: Case, hosts: list[str]) -> Iterator[Resource[Any]]:
    rack, home = case.ground.rack, Home.of(case)
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    yield Resource(id=AUTHORITY, spec=authority, keep=True)
    id = Id("vault", "certificate", f"{home.cluster}.{case.app.name}")
    spec = Certificate(
        authority_certificate=Text.of(AUTHORITY.ref("certificate")),
        authority_key=Text.of(AUTHORITY.ref("key")),
        names=tuple(hosts),
    )
    yield case.own(id, spec, keep=True)
    pair = {"tls.crt": Text.of(id.ref("certificate")), "tls.key": Text.of(id.ref("key"))}
    yield home.secret(TLS, pair, kind="kubernetes.io/tls")


def _sign_in(home: Home) -> Resource[Any]:
    """Whoever is not signed in is sent to the console; where that is away, nobody gets in."""
    verify = f"http://{CONSOLE.host}:{CONSOLE.port}/auth/verify"
    spec = {
        "forwardAuth": {
            "address": verify,
            "authResponseHeaders": ["Rackhouse-Subject", "Rackhouse-Identity"],
            "trustForwardHeader": False,
        }
    }
    return home.custom("traefik.io/v1alpha1", "Middleware", MIDDLEWARE, spec)
