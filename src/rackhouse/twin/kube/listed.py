"""How lists and maps of the built-in kinds are merged, where it is not as a whole.

From `x-kubernetes-list-type`, `-list-map-keys` and `-map-type` of Kubernetes' published OpenAPI
(1.37); a test compares them. A name is of a model, or of a model and its field.
"""

from __future__ import annotations

from collections.abc import Mapping

_CONDITIONS = (
    "APIServiceStatus ComponentStatus CustomResourceDefinitionStatus DaemonSetStatus"
    " DeploymentStatus HorizontalPodAutoscalerStatus NamespaceStatus NodeStatus"
    " PersistentVolumeClaimStatus PodDisruptionBudgetStatus PodStatus ReplicaSetStatus"
    " ReplicationControllerStatus ServiceCIDRStatus ServiceStatus StatefulSetStatus"
    " ValidatingAdmissionPolicyStatus"
)
_OTHERS = """
    CSINodeSpec.drivers name
    CSINodeStatus.storageHealth name
    Container.env name
    Container.ports containerPort,protocol
    Container.volumeDevices devicePath
    Container.volumeMounts mountPath
    ContainerStatus.allocatedResourcesStatus name
    ContainerStatus.volumeMounts mountPath
    EphemeralContainer.env name
    EphemeralContainer.ports containerPort,protocol
    EphemeralContainer.volumeDevices devicePath
    EphemeralContainer.volumeMounts mountPath
    JSONSchemaProps.x-kubernetes-validations rule
    JobSchedulingConfiguration.resourceClaims name
    MutatingAdmissionPolicySpec.matchConditions name
    MutatingWebhook.matchConditions name
    MutatingWebhookConfiguration.webhooks name
    NodeAllocatableResourceClaimStatus.mapping name
    NodeAllocatableResourceClaimStatus.overhead name
    NodeStatus.addresses type
    ObjectMeta.ownerReferences uid
    PodSpec.containers name
    PodSpec.ephemeralContainers name
    PodSpec.evictionResponders name
    PodSpec.hostAliases ip
    PodSpec.imagePullSecrets name
    PodSpec.initContainers name
    PodSpec.resourceClaims name
    PodSpec.schedulingGates name
    PodSpec.topologySpreadConstraints topologyKey,whenUnsatisfiable
    PodSpec.volumes name
    PodStatus.nodeAllocatableResourceClaimStatuses resourceClaimName
    PodStatus.podIPs ip
    PodStatus.resourceClaimStatuses name
    PodStatus.volumeHealth name
    PodVolumeHealth.healthConditions status,reason
    ResourceRequirements.claims name
    ResourceStatus.resources resourceID
    ServiceAccount.secrets name
    ServiceSpec.ports port,protocol
    ValidatingAdmissionPolicySpec.matchConditions name
    ValidatingAdmissionPolicySpec.variables name
    ValidatingWebhook.matchConditions name
    ValidatingWebhookConfiguration.webhooks name
    VolumeHealthStatus.healthConditions status,reason
"""

KEYS: Mapping[str, tuple[str, ...]] = {
    **{f"{it}.conditions": ("type",) for it in _CONDITIONS.split()},
    **{
        where: tuple(keys.split(","))
        for where, keys in (it.split() for it in _OTHERS.strip().splitlines())
    },
}

SETS = frozenset(
    {
        "CSIDriverSpec.volumeLifecycleModes",
        "ContainerRestartRuleOnExitCodes.values",
        "Endpoint.addresses",
        "NodePodPreemptionPolicy.disableResizePreemption",
        "NodeAllocatableResourceClaimStatus.containers",
        "NodeSpec.podCIDRs",
        "ObjectMeta.finalizers",
        "PodFailurePolicyOnExitCodesRequirement.values",
        "UncountedTerminatedPods.failed",
        "UncountedTerminatedPods.succeeded",
        "ValidatingAdmissionPolicyBindingSpec.validationActions",
        "VolumeMount.bindMountOptions",
    }
)

ATOMIC = frozenset(
    {
        "ConfigMapKeySelector",
        "CrossVersionObjectReference",
        "EndpointAddress",
        "EndpointPort",
        "EvictionResponder",
        "FileKeySelector",
        "LabelSelector",
        "LocalObjectReference",
        "MatchResources",
        "NamedRuleWithOperations",
        "NodeSelector",
        "NodeSelectorTerm",
        "ObjectFieldSelector",
        "ObjectReference",
        "OwnerReference",
        "ParamKind",
        "ParamRef",
        "PodSpec.nodeSelector",
        "ReplicationControllerSpec.selector",
        "ResourceFieldSelector",
        "RoleRef",
        "Scheduling.nodeSelector",
        "ScopeSelector",
        "SecretKeySelector",
        "SecretReference",
        "ServiceBackendPort",
        "ServiceSpec.selector",
        "Subject",
        "TopologySelectorTerm",
        "TypedLocalObjectReference",
        "Variable",
    }
)

# What the key of an item is when it says none.
DEFAULT_KEYS: Mapping[str, str] = {"protocol": "TCP"}
