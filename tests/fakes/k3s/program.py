#!/usr/bin/env -S python3 -IS
"""NOT K3s: a small program with the command surface of K3s that an installer meets. For tests.

It reads the same config.yaml, refuses flags that K3s does not have, wrong tokens, servers whose
critical flags differ and a second node of one name, lists the nodes that joined, knows cordon,
drain and quorum, and tells systemd when it is ready. No container runs, nothing is encrypted.

Beside config.yaml a file `fake` may say `fail: WHY` (it ends at once) or `slow: SECONDS`.
One file, since it is the binary, and no more of the standard library than Debian's python3-minimal
has: no json, so that Python's own literals go over the wire and on the disk.
"""

# ruff: noqa: PTH101, PTH103, PTH105, PTH107, PTH110, PTH112, PTH120, PTH123, PTH208
# No pathlib: a program that is asked ten times a second has to start at once.

import ast
import contextlib
import os
import signal
import socket
import sys
import threading
import time

VERSION = "v1.34.1+k3s1"
BEAT, LOST = 0.3, 5.0  # seconds between heartbeats, and until a node is no longer Ready
CRITICAL = {
    "cluster-cidr", "cluster-dns", "cluster-domain", "disable", "disable-helm-controller",
    "disable-network-policy", "embedded-registry", "flannel-backend", "secrets-encryption",
    "service-cidr",
}  # fmt: skip
ANY = {
    "data-dir", "default-runtime", "flannel-iface", "kubelet-arg", "node-external-ip", "node-ip",
    "node-label", "node-name", "node-taint", "prefer-bundled-bin", "server", "token", "token-file",
    "with-node-id",
}  # fmt: skip
OF_SERVERS = {
    "advertise-address", "agent-token-file", "bind-address", "cluster-init", "datastore-endpoint",
    "etcd-snapshot-retention", "etcd-snapshot-schedule-cron", "https-listen-port", "tls-san",
    "write-kubeconfig", "write-kubeconfig-mode",
}  # fmt: skip


CERTIFICATE = (  # somebody's, of no use, good until 2126
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSExNSCtnQXdJQkFnSUJBVEFGQmdNclpYQXdEekVOTUFzR0Ex"
    "VUVBd3dFWm1GclpUQWdGdzB5TmpBeE1ERXcKTURBd01EQmFHQTh5TVRJMk1ERXdNVEF3TURBd01Gb3dEekVOTUFz"
    "R0ExVUVBd3dFWm1GclpUQXFNQVVHQXl0bApjQU1oQUwwdzVMT2FtSVpmajJUVUZYSlJTK0lrUTNLR0VTMGZucHFk"
    "SU5LZis0T3VNQVVHQXl0bGNBTkJBRjVLCjFxL3NKcEhWZXN0T0J1SkhmbkE1UWt4Um1rWWRXM3hUMGV1SHdkYUxn"
    "SzUvMFNHLzF1MjJhZDRHNW9VeFVnRm0KalR3WXFjZS8wT2dMQ21rTFBRQT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUt"
    "LS0tLQo="
)
KUBECONFIG = f"""\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {CERTIFICATE}
    server: https://SERVER
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
preferences: {{}}
users:
- name: default
  user:
    client-certificate-data: {CERTIFICATE}
    client-key-data: c2VjcmV0
"""


class Refusal(Exception):
    """What the other side, or the command line, does not take."""


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- files -----------------------------------------------------------------------------------


class Config:
    """config.yaml, as far as it is `key: JSON`, which is all that we write."""

    def __init__(self, path, agent=False):
        self.folder = os.path.dirname(path)
        self.values = {}
        with open(path) as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    key, _, value = line.partition(":")
                    self.values[key] = parse(value)
        known = ANY if agent else ANY | OF_SERVERS | CRITICAL
        for key in self.values:
            if key not in known:
                raise Refusal(f"flag provided but not defined: -{key}")

    def get(self, key, other=None):
        return self.values.get(key, other)

    @property
    def data(self):
        return self.get("data-dir", "/var/lib/rancher/k3s")

    @property
    def node(self):
        return self.get("node-name") or socket.gethostname()

    def token(self, key="token-file"):
        path = self.get(key)
        return read(path).strip() if path else self.get("token", "")

    def critical(self):
        return {key: self.get(key) for key in sorted(CRITICAL) if self.get(key)}


def parse(text):
    """A literal: of JSON too, but for words."""
    words = {"true": "True", "false": "False"}
    return ast.literal_eval(words.get(text.strip(), text.strip()))


def read(path):
    with open(path) as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.urandom(4).hex()}"
    with open(draft, "w") as file:
        file.write(text)
    os.chmod(draft, 0o600)
    os.replace(draft, path)


# --- talking ---------------------------------------------------------------------------------


def ask(address, what, patience=10.0, **more):
    """One question to a server. OSError when nobody answers, Refusal for what it refuses."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=patience) as wire:
        wire.sendall(repr({"what": what, **more}).encode() + b"\n")
        answer = parse(wire.makefile().readline() or "None")
    if not isinstance(answer, dict):
        raise OSError(f"{address} hung up")
    if "refused" in answer:
        raise Refusal(answer["refused"])
    return answer


def ask_any(addresses, what, **more):
    """The first server that answers."""
    for address in addresses:
        try:
            return ask(address, what, **more)
        except OSError as error:
            last = error
    raise last if addresses else OSError("no server is known")


def notify():
    """Type=notify: READY=1."""
    if path := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.connect("\0" + path[1:] if path.startswith("@") else path)
            wire.send(b"READY=1")


# --- a node ----------------------------------------------------------------------------------


def password(config):
    """Made at the first start, beside /etc/rancher/k3s: another machine has another one."""
    path = f"{os.path.dirname(config.folder)}/node/password"
    if not os.path.exists(path):
        write(path, os.urandom(8).hex())
    return read(path)


def introduction(config, role, api=""):
    """`api` is where a server answers."""
    return {
        "api": api,
        "name": config.node,
        "role": role,
        "version": VERSION,
        "password": password(config),
        "address": config.get("node-ip", ""),
        "labels": config.get("node-label", []),
        "taints": config.get("node-taint", []),
    }


def join(server, config, node, **more):
    """Until somebody answers; what is refused is refused."""
    address = server.partition("//")[2]
    told = {"token": config.token(), "node": node, **more}
    while True:
        try:
            return ask(address, "join", **told)
        except OSError as error:
            say(f"failed to get CA certs: {server}: {error}")
            time.sleep(0.5)


def agent(config):
    """Join, then say every moment that we live."""
    node = introduction(config, "agent")
    servers = join(config.get("server", ""), config, node)["servers"]
    ready = False
    while True:
        kubeconfig = {"servers": servers, "node": config.node}
        write(f"{config.data}/agent/kubelet.kubeconfig", repr(kubeconfig))
        try:
            servers = ask_any(servers, "beat", node=node)["servers"]
            if not ready:
                notify()
                say("agent ready")
            ready = True
        except OSError as error:
            say(f"no server answers: {error}")
        time.sleep(BEAT)


# --- a server --------------------------------------------------------------------------------


def _age(node):
    """Of two that were changed as often, every server takes the same one."""
    return node["revision"], repr(node)


class Server:
    """The state, on this server; others have it too, by telling each other all the time."""

    def __init__(self, config):
        self.config = config
        port = config.get("https-listen-port", 6443)
        self.own = f"{config.get('bind-address') or config.get('node-ip', '127.0.0.1')}:{port}"
        self.db = f"{config.data}/server/db"
        self.lock = threading.RLock()
        self.seen = {}
        self.state = {"nodes": {}, "objects": [], "critical": {}}

    @property
    def servers(self):
        """Where the members of etcd answer: the servers that nobody has deleted."""
        nodes = list(self.state["nodes"].values())
        return sorted({node["api"] for node in nodes if node["api"] and not node["gone"]})

    @property
    def others(self):
        return [address for address in self.servers if address != self.own]

    @property
    def me(self):
        return introduction(self.config, "server", self.own)

    @property
    def etcd(self):
        return os.path.isdir(f"{self.db}/etcd")

    def start(self):
        """Begin, join, or go on with what is on the disk; a member that was removed starts over."""
        if os.path.exists(f"{self.db}/etcd/tombstone"):
            os.remove(f"{self.db}/state")
            os.remove(f"{self.db}/etcd/tombstone")
        there = os.path.exists(f"{self.db}/state")
        if there:
            self.state = parse(read(f"{self.db}/state"))
        if self.config.get("cluster-init") or self.config.get("server"):
            os.makedirs(f"{self.db}/etcd", exist_ok=True)  # and takes SQLite's state over
        flags = self.config.critical()
        if not there and (other := self.config.get("server")):
            self.merge(join(other, self.config, self.me, critical=flags))
        self.state["critical"] = flags
        folder = f"{self.config.data}/server/manifests"
        objects = os.listdir(folder) if os.path.isdir(folder) else []
        self.state["objects"] = sorted({*self.state["objects"], *objects})
        self.tell()  # what happened meanwhile comes before what we have to say
        self.admit(self.me)

    def save(self):
        write(f"{self.db}/state", repr(self.state))
        if not self.etcd:
            self.save_sqlite()

    def save_sqlite(self):
        try:
            import sqlite3
        except ImportError:  # python3-minimal
            return
        with sqlite3.connect(f"{self.db}/state.db") as database:
            database.execute("CREATE TABLE IF NOT EXISTS kine (name TEXT PRIMARY KEY, value TEXT)")
            row = ("state", repr(self.state))
            database.execute("INSERT OR REPLACE INTO kine VALUES (?, ?)", row)
        database.close()

    def admit(self, node, joins=True):
        """A node that joins or says that it lives. One that was deleted has to start anew."""
        with self.lock:
            old = self.state["nodes"].get(node["name"], {"gone": True, "revision": 0})
            if not old.get("gone") and old["password"] != node["password"]:
                raise Refusal(
                    "Node password rejected, duplicate hostname or contents of"
                    " '/etc/rancher/node/password' may not match server node-passwd entry"
                )
            if old.get("gone") and not joins:
                return
            self.seen[node["name"]] = time.monotonic()
            fresh = {"unschedulable": False} if old.get("gone") else {}
            new = {**old, **node, **fresh, "gone": False}
            if new != old:
                self.change(node["name"], new)

    def change(self, name, values):
        with self.lock:
            old = self.state["nodes"].get(name, {"revision": 0})
            self.state["nodes"][name] = {**old, **values, "revision": old["revision"] + 1}
            self.save()

    def merge(self, other):
        """What another server knows: the newer of each node, all servers."""
        with self.lock:
            before = repr(self.state)
            for name, node in other["nodes"].items():
                mine = self.state["nodes"].get(name)
                if mine is None or _age(mine) < _age(node):
                    self.state["nodes"][name] = node
            for name, age in other.get("ages", {}).items():
                heard = time.monotonic() - age
                self.seen[name] = max(self.seen.get(name, 0.0), heard)
            self.state["objects"] = sorted({*self.state["objects"], *other["objects"]})
            if repr(self.state) != before:
                self.save()

    def news(self):
        with self.lock:
            ages = {name: time.monotonic() - at for name, at in self.seen.items()}
            return {**self.state, "ages": ages, "servers": self.servers}

    def tell(self):
        """Each hears what is new to it, before anybody is told that it is done."""
        for address in self.others:
            with contextlib.suppress(OSError, Refusal):
                self.merge(ask(address, "hear", patience=1.0, news=self.news()))

    def quorum(self):
        """Whether more than half of the servers answer, this one among them."""
        alive = 1
        for address in self.others:
            with contextlib.suppress(OSError):
                ask(address, "ping", patience=2.0)
                alive += 1
        if alive * 2 <= len(self.others) + 1:
            raise Refusal(f"etcdserver: no leader ({alive} of {len(self.others) + 1} servers)")

    # What it is asked: one method for each `what`.

    def ping(self, **_):
        return {}

    def join(self, token, node, critical=None, **_):
        takes = {"server": {self.config.token()}, "agent": {self.config.token()}}
        takes["agent"].add(self.config.token("agent-token-file"))
        if token not in takes[node["role"]]:
            raise Refusal("401 Unauthorized: token is not valid")
        if critical is not None:
            mine = self.state["critical"]
            differing = [k for k in {*mine, *critical} if mine.get(k) != critical.get(k)]
            if differing:
                flags = ", ".join(sorted(differing))
                raise Refusal(f"critical configuration value mismatch between servers: {flags}")
            if not self.etcd:
                raise Refusal("this server keeps SQLite: start it with cluster-init first")
        self.quorum()
        self.admit(node)
        return self.news()

    def beat(self, node, **_):
        self.admit(node, joins=False)
        return {"servers": self.servers}

    def hear(self, news, **_):
        self.merge(news)
        return self.news()

    def readyz(self, **_):
        self.quorum()
        return {"text": "ok"}

    def nodes(self, **_):
        now = time.monotonic()
        return {
            "nodes": {
                name: {**node, "ready": now - self.seen.get(name, -LOST) < LOST}
                for name, node in sorted(self.state["nodes"].items())
                if not node.get("gone")
            }
        }

    def set(self, name, values, kubelet="", drains=False, **_):
        """Cordon, uncordon, delete. A kubelet may change its own node alone."""
        self.quorum()
        if self.state["nodes"].get(name, {"gone": True}).get("gone"):
            raise Refusal(f'nodes "{name}" not found')
        if kubelet and kubelet != name:
            raise Refusal(f'nodes "{name}" is forbidden: node {kubelet} may not change it')
        if kubelet and drains and "rackhouse-drain.yaml" not in self.state["objects"]:
            raise Refusal("daemonsets.apps is forbidden: a kubelet may not get them")
        self.change(name, values)
        self.tell()
        return {}

    def answer(self, wire):
        with wire:
            try:
                asked = parse(wire.makefile().readline() or "None")
                method = getattr(self, asked.pop("what"))
                said = method(**asked)
            except Refusal as error:
                said = {"refused": str(error)}
            except (OSError, ValueError, SyntaxError, AttributeError):
                return
            try:
                wire.sendall(repr(said).encode() + b"\n")
            except OSError:
                return

    def listen(self, door):
        while True:
            wire, _ = door.accept()
            threading.Thread(target=self.answer, args=(wire,), daemon=True).start()

    def run(self):
        host, _, port = self.own.rpartition(":")
        door = socket.create_server((host, int(port)), backlog=64)
        self.start()
        threading.Thread(target=self.listen, args=(door,), daemon=True).start()
        folder = self.config.folder
        kubeconfig = self.config.get("write-kubeconfig", f"{folder}/k3s.yaml")
        write(kubeconfig, KUBECONFIG.replace("SERVER", self.own))
        ready = False
        while True:
            if self.state["nodes"][self.config.node].get("gone"):
                write(f"{self.db}/etcd/tombstone", "")
                say("this server was removed from the cluster")
                os._exit(1)
            self.admit(self.me, joins=False)
            self.tell()
            if not ready:
                notify()
                say("k3s is up and running")
            ready = True
            time.sleep(BEAT)


# --- commands --------------------------------------------------------------------------------

PATHS = {
    "{.status.nodeInfo.kubeletVersion}": lambda node: node["version"],
    "{.spec.unschedulable}": lambda node: "true" if node.get("unschedulable") else "",
}


def kubectl(arguments):
    """get, wait, cordon, uncordon, drain, delete node; and get --raw=/readyz."""
    options = {"kubeconfig": os.environ.get("KUBECONFIG", "/etc/rancher/k3s/k3s.yaml")}
    words = []
    given = iter(arguments)
    for word in given:
        if not word.startswith("-"):
            words.append(word)
            continue
        key, equals, value = word.lstrip("-").partition("=")
        if key in ("kubeconfig", "o", "output", "l") and not equals:
            value = next(given, "")
        options[{"o": "output"}.get(key, key)] = value
    servers, kubelet = opened(read(options["kubeconfig"]))
    if "server" in options:
        servers = [options["server"].removeprefix("https://")]
    verb, *rest = words
    if "raw" in options:
        print(ask_any(servers, options["raw"].strip("/"))["text"])
    elif verb == "get":
        get(ask_any(servers, "nodes")["nodes"], rest[1:], options)
    elif verb == "wait":
        wait(servers, rest[0].removeprefix("node/"), options)
    elif verb in ("cordon", "uncordon", "drain", "delete"):
        values = {"gone": True} if verb == "delete" else {"unschedulable": verb != "uncordon"}
        name = rest[-1].removeprefix("node/")
        drains = {"drains": verb == "drain"}
        ask_any(servers, "set", name=name, values=values, kubelet=kubelet, **drains)
        print(f'node "{name}" deleted' if verb == "delete" else f"node/{name} {verb}ed")
    else:
        raise Refusal(f"this fake has no kubectl {verb}")


def opened(kubeconfig):
    """Where its servers answer, and whose it is: an administrator's, or that of a kubelet."""
    if kubeconfig.startswith("apiVersion"):
        return [kubeconfig.partition("server: https://")[2].split()[0]], ""
    of_kubelet = parse(kubeconfig)
    return of_kubelet["servers"], of_kubelet["node"]


def get(nodes, names, options):
    if options.get("l") == "node-role.kubernetes.io/control-plane=true":
        nodes = {name: node for name, node in nodes.items() if node["role"] == "server"}
    if "ignore-not-found" in options:
        names = [name for name in names if name in nodes]
        if not names:
            return
    for name in names:
        if name not in nodes:
            raise Refusal(f'Error from server (NotFound): nodes "{name}" not found')
    chosen = [nodes[name] for name in names] or list(nodes.values())
    output = options.get("output", "")
    if output == "json":
        print('{"items": [' + ", ".join(map(as_json, chosen)) + "]}")
    elif output == "name":
        print("\n".join(f"node/{node['name']}" for node in chosen))
    elif output.startswith("jsonpath="):
        if output[9:] not in PATHS:
            raise Refusal(f"this fake does not know {output}")
        print("".join(PATHS[output[9:]](node) for node in chosen), end="")
    else:
        for node in chosen:
            state = "Ready" if node["ready"] else "NotReady"
            cordoned = ",SchedulingDisabled" if node.get("unschedulable") else ""
            print(f"{node['name']} {state}{cordoned} {node['role']} {node['version']}")


def as_json(node):
    """As the API has it, as far as anybody here asks. (python3-minimal has no json.)"""
    labels = '"node-role.kubernetes.io/control-plane": "true"' if node["role"] == "server" else ""
    ready = "True" if node["ready"] else "Unknown"
    spec = '"unschedulable": true' if node.get("unschedulable") else ""
    return (
        f'{{"metadata": {{"name": "{node["name"]}", "labels": {{{labels}}}}}, "spec": {{{spec}}},'
        f' "status": {{"conditions": [{{"type": "Ready", "status": "{ready}"}}],'
        f' "nodeInfo": {{"kubeletVersion": "{node["version"]}"}}}}}}'
    )


def wait(servers, name, options):
    end = time.monotonic() + float(options.get("timeout", "30s").rstrip("s"))
    while not ask_any(servers, "nodes")["nodes"].get(name, {}).get("ready"):
        if time.monotonic() > end:
            raise Refusal(f"error: timed out waiting for the condition on nodes/{name}")
        time.sleep(0.1)
    print(f"node/{name} condition met")


def snapshot(arguments):
    """etcd-snapshot save [--name NAME]."""
    config = Config(config_file())
    if not os.path.isdir(f"{config.data}/server/db/etcd"):
        raise Refusal("etcd datastore is not enabled: there is nothing to take a snapshot of")
    name = arguments[arguments.index("--name") + 1] if "--name" in arguments else "on-demand"
    path = f"{config.data}/server/db/snapshots/{name}-{config.node}-{time.time():.0f}"
    write(path, read(f"{config.data}/server/db/state"))
    print(f"Snapshot {path} saved.")


def certificate(arguments):
    """certificate rotate: only while it is stopped, as K3s wants it."""
    config = Config(config_file())
    address = f"{config.get('bind-address') or config.get('node-ip', '127.0.0.1')}"
    with contextlib.suppress(OSError):
        ask(f"{address}:{config.get('https-listen-port', 6443)}", "ping", patience=1.0)
        raise Refusal("K3s runs: stop it, rotate, and start it again")
    path = f"{config.data}/certificates"
    done = int(read(path)) if os.path.exists(path) else 0
    write(path, str(done + 1))
    print("Successfully backed up certificates, please restart k3s")


def config_file():
    return os.environ.get("K3S_CONFIG_FILE", "/etc/rancher/k3s/config.yaml")


def run(command, arguments):
    if arguments:
        raise Refusal(f"Incorrect Usage: {arguments[0]} (this fake reads config.yaml alone)")
    config = Config(config_file(), agent=command == "agent")
    if os.path.exists(f"{config.folder}/fake"):
        word, _, value = read(f"{config.folder}/fake").partition(":")
        if word == "fail":
            raise Refusal(value.strip())
        say(f"waits for {float(value):.0f} seconds, as the file `fake` says")
        time.sleep(float(value))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if command == "agent":
        agent(config)
    Server(config).run()


def main(arguments):
    command, *rest = arguments or ["--help"]
    if command in ("--version", "-v"):
        print(f"k3s version {VERSION} (a fake, for tests)")
    elif command in ("server", "agent"):
        run(command, rest)
    elif command == "kubectl":
        kubectl(rest)
    elif command == "etcd-snapshot" and rest[:1] == ["save"]:
        snapshot(rest[1:])
    elif command == "certificate" and rest == ["rotate"]:
        certificate(rest)
    else:
        raise Refusal(f"this fake has no command {command}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (Refusal, OSError) as error:
        say(f"Error: {error}")
        sys.exit(1)
