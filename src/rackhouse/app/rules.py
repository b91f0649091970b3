"""Every rule about application files by name, with the reason for it. Rules of YAML: `kit.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "api-version": "Another version of Score may mean something else by the same words.",
    "arch-not-there": "An image starts on what it was built for, and nowhere else.",
    "asks-for-more": "A cluster takes no container that asks for more than it may ever use.",
    "bad-annotation": "A slip in a schedule or a date must not wait for the night to be found.",
    "bad-name": "Names become host names, folders and database names, which allow no more.",
    "bad-value": "The field takes no such value.",
    "container-circle": "Each would wait for the other for ever.",
    "data-on-cards": "Cards and sticks die of being written to, and take what is on them along.",
    "exposure-internet": (
        "A home's router should send strangers to nothing that was not made for strangers."
    ),
    "exposure-open": (
        "Off this machine a door without sign-in is open to every guest and every television."
    ),
    "file-content": "A file is written from one thing: `content`, `binaryContent` or `source`.",
    "file-source": "A release holds the application's folder and nothing else of this machine.",
    "file-not-text": "On a cluster an image is not written over, and a ConfigMap holds text.",
    "kind": "What an application says it is, and what it asks for, must fit together.",
    "llm-unknown": "A name without anything behind it fails at the first question.",
    "llm-without-gateway": "The gateway has the keys, and sees to it that no budget is passed.",
    "loopback-listener": (
        "What listens at 127.0.0.1 in a pod is reached by nobody, not even a probe."
    ),
    "missing-key": "Score demands it.",
    "model-nowhere": "A server is asked at an address. In a pod 127.0.0.1 is the pod itself.",
    "models-of-the-gateway": "Whoever has that file can ask in everybody's name.",
    "mount-unseen": (
        "A process cannot be given a folder at a path of its choice, so it has to be "
        "told the real one."
    ),
    "no-command": "Nothing is guessed: a wrong program that starts is worse than none.",
    "no-engine": "An image runs in a container engine and nowhere else.",
    "no-folder": "An application without its folder is nothing that could run.",
    "no-node": "JavaScript needs Node.js under it.",
    "not-a-volume": "Only a folder can be mounted.",
    "nothing-to-run": "There is no score.yaml, and nothing in the folder says how to start it.",
    "part-off": "The rack file switches off what the application needs.",
    "placeholder": "A placeholder that cannot be read would end up in the program as it stands.",
    "port-shared": "The containers of one pod share its ports, and the second would not start.",
    "reserved-name": "`rackhouse logs postgres` must mean one thing.",
    "reserved-variable": "It would be read nowhere: the rack picks a free port and says which.",
    "resource-circle": "Each would need a value of the other first.",
    "route-host": "The ingress and the certificate need the name before anything runs.",
    "route-outside": "The rack answers, and has certificates, for names in its own domain.",
    "route-path": "The ingress tells routes apart by plain paths.",
    "route-port": "With several service ports, a guess would open the wrong one.",
    "route-taken": (
        "The ingress sends an address to one application; the other would never be seen."
    ),
    "retrieval-missing": "Collections are kept and searched by one service, which has their keys.",
    "same-port": "Clients name a service port by its number.",
    "secret-in-command": (
        "The command line of every process can be read by everyone on the machine."
    ),
    "secret-missing": (
        "Without it the program would start with an empty password, and fail in some odder way."
    ),
    "service-circle": "No order to start them in would be right.",
    "service-port": "The other application does not open that port.",
    "service-unknown": "There is nobody to speak to.",
    "tenants-of-retrieval": "Whoever has that file can search in everybody's name.",
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
    "volume-elsewhere": "A cluster's volume belongs to one namespace, which is one application's.",
    "volume-shared": (
        "Two programs that write the same files spoil them, unless they were made for it."
    ),
    "wrong-type": "Score's schema says another type, so other Score tools refuse it too.",
}
