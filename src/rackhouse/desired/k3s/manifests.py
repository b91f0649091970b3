"""What K3s itself applies when it starts: the virtual address, and a kubelet's right to drain.

Pure texts for /var/lib/rancher/k3s/server/manifests, on the founder alone: K3s does not keep them
equal among servers, and objects outlive the file's server.
"""

from __future__ import annotations

from ipaddress import IPv4Address

KUBE_VIP = "ghcr.io/kube-vip/kube-vip:v1.0.4"

# `kubectl drain` asks for the daemon set of each pod that it leaves alone. Node authorization gives
# a kubelet its own node and pods, and nothing of these.
DRAIN = """\
# Rackhouse
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: rackhouse-drain}
rules:
  - {apiGroups: [apps], resources: [daemonsets], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: rackhouse-drain}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: rackhouse-drain}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:nodes"}
"""


def kube_vip(address: IPv4Address, interface: str) -> str:
    """The address moves by ARP to a server that lives. A DaemonSet, since K3s starts without it
    (kube-vip documentation, usage/k3s). `interface` "" is the one with the default route.
    """
    chosen = f'            - {{name: vip_interface, value: "{interface}"}}\n' if interface else ""
    return _KUBE_VIP.format(address=address, image=KUBE_VIP, interface=chosen)


_KUBE_VIP = """\
# Rackhouse
apiVersion: v1
kind: ServiceAccount
metadata: {{name: kube-vip, namespace: kube-system}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: kube-vip}}
rules:
  - apiGroups: [coordination.k8s.io]
    resources: [leases]
    verbs: [get, list, watch, create, update]
  - {{apiGroups: [""], resources: [nodes], verbs: [get, list, watch, update, patch]}}
  - {{apiGroups: [""], resources: [services, endpoints], verbs: [get, list, watch, update]}}
  - {{apiGroups: [""], resources: [services/status], verbs: [update]}}
  - {{apiGroups: [""], resources: [pods], verbs: [list]}}
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [get, list, watch, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: kube-vip}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kube-vip}}
subjects:
  - {{kind: ServiceAccount, name: kube-vip, namespace: kube-system}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: kube-vip, namespace: kube-system}}
spec:
  selector: {{matchLabels: {{app.kubernetes.io/name: kube-vip}}}}
  template:
    metadata: {{labels: {{app.kubernetes.io/name: kube-vip}}}}
    spec:
      hostNetwork: true
      priorityClassName: system-node-critical
      serviceAccountName: kube-vip
      nodeSelector: {{node-role.kubernetes.io/control-plane: "true"}}
      tolerations:
        - {{effect: NoSchedule, operator: Exists}}
        - {{effect: NoExecute, operator: Exists}}
      containers:
        - name: kube-vip
          image: {image}
          args: [manager]
          env:
            - {{name: address, value: "{address}"}}
            - {{name: port, value: "6443"}}
            - {{name: vip_arp, value: "true"}}
            - {{name: vip_subnet, value: "32"}}
{interface}            - {{name: cp_enable, value: "true"}}
            - {{name: cp_namespace, value: kube-system}}
            - {{name: svc_enable, value: "false"}}
            - {{name: vip_leaderelection, value: "true"}}
            - {{name: vip_leaseduration, value: "5"}}
            - {{name: vip_renewdeadline, value: "3"}}
            - {{name: vip_retryperiod, value: "1"}}
            - name: vip_nodename
              valueFrom: {{fieldRef: {{fieldPath: spec.nodeName}}}}
          resources: {{requests: {{cpu: 10m, memory: 32Mi}}, limits: {{memory: 128Mi}}}}
          securityContext: {{capabilities: {{add: [NET_ADMIN, NET_RAW], drop: [ALL]}}}}
"""
