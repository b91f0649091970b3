"""What runs an application's pod, and how many of it. Pure.

A volume that bears one user makes it a StatefulSet, whose old pod is gone before the new one comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import apps_v1, autoscaling_v2, batch_v1, policy_v1
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.apps_v1 import Deployment, StatefulSet
from lightkube.resources.autoscaling_v2 import HorizontalPodAutoscaler
from lightkube.resources.batch_v1 import CronJob
from lightkube.resources.core_v1 import ConfigMap
from lightkube.resources.policy_v1 import PodDisruptionBudget

from rackhouse.app.model import Kind
from rackhouse.desired.case import Case
from rackhouse.desired.kube.containers import SECRET
from rackhouse.desired.kube.files import CONFIG
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.pods import Pod, selector
from rackhouse.desired.kube.reach import workload
from rackhouse.desired.kube.sizes import CPU_TARGET
from rackhouse.resources.core import Resource

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
                podManagementPolicy="Parallel",  # one pod has no order; a broken one is replaced
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
