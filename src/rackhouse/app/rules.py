"""Every rule about application files by name, with the reason for it. Rules of YAML: `kit.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "api-version": "Another version of Score may mean something else by the same words.",
    "bad-annotation": "A slip in a schedule or a date must not wait for the night to be found.",
    "bad-name": "Names become host names, folders and database names, which allow no more.",
    "bad-value": "The field takes no such value.",
    "container-circle": "Each would wait for the other for ever.",
    "file-content": "A file is written from one thing: `content`, `binaryContent` or `source`.",
    "file-source": "A release holds the application's folder and nothing else of this machine.",
    "kind": "What an application says it is, and what it asks for, must fit together.",
    "missing-key": "Score demands it.",
    "nothing-to-run": "There is no score.yaml, and nothing in the folder says how to start it.",
    "not-a-volume": "Only a folder can be mounted.",
    "placeholder": "A placeholder that cannot be read would end up in the program as it stands.",
    "resource-circle": "Each would need a value of the other first.",
    "route-port": "With several service ports, a guess would open the wrong one.",
    "same-port": "Clients name a service port by its number.",
    "service-circle": "No order to start them in would be right.",
    "udp-port": "The ingress and the probes speak TCP.",
    "unknown-annotation": "Under rackhouse.dev/ a slip would be a wish that nobody hears.",
    "unknown-container": "It names a container that the file does not have.",
    "unknown-key": "Score allows no other key here, so it is most likely a slip.",
    "unknown-metadata": "The placeholder names something that `metadata` does not have.",
    "unknown-output": "The resource's type does not give that value.",
    "unknown-param": "It is nearly a param that is read, so it is most likely a slip.",
    "unknown-port": "The file has no service port of that name or number.",
    "unknown-resource": "The placeholder names a resource that the file does not ask for.",
    "unknown-type": "Rackhouse provides no such thing, and would start a program that lacks it.",
    "unlocked": "Without exact versions, tomorrow's deploy would not be today's.",
    "wrong-type": "Score's schema says another type, so other Score tools refuse it too.",
}
