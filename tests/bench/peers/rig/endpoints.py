#!/usr/bin/python3
"""
An endpoint's life: create, address, link in a namespace, routes; and its end. ipvland by its API, beside the kernel's limit (src/rawep.c) and
the CNI plugins macvlan and host-local. endpoints.py [--count N] [--kind ipvlan|macvlan]
"""
import argparse
import json
import os
import subprocess
import sys

from node import Node
from systems import Results, System
from topology import BIN, Topology, ip, run
from work import by_clients, told

PLUGINS = "/usr/lib/cni"
results = Results()


def ipvland(topology, sandboxes, clients, kind, counts=True):
    """The node is this host's only one, but configured as in a cluster."""
    path = f"{topology.folder}/h1/api.sock"
    names = dict(enumerate(sandboxes))

    def joining(_):
        node = Node(path)
        return lambda n: node.do("POST", "/v1/endpoints", {"network": "bench", "netns": names[n], "name": names[n]})

    def leaving(_):
        node = Node(path)
        return lambda n: node.do("DELETE", f"/v1/endpoints/{names[n]}")

    for what, client in (("join", joining), ("leave", leaving)):
        measured = told(*by_clients(len(sandboxes), clients, client))
        if counts:
            results.add(what, "ipvland", clients=clients, kind=kind, **measured)


def limit(topology, prefix, count, kind):
    for what, verb in (("join", "ADD"), ("leave", "DEL")):
        link = kind if kind == "macvlan" else "ipvlan-l3"
        done = json.loads(run(["ip", "netns", "exec", topology.hosts[0], f"{BIN}/rawep", "-m", "eth0", "-t", link, verb, prefix, "0", str(count)], timeout=120))
        results.add(what, "limit", clients=1, kind=kind, p50_ms=done["p50_us"] / 1000, p99_ms=done["p99_us"] / 1000, per_s=done["per_s"], n=count)


def cni(topology, sandboxes, kind, leases=0):
    """The reference plugins as a container runtime runs them: one process for each, and its own for IPAM."""
    data = f"{topology.folder}/leases{leases}"
    os.makedirs(f"{data}/bench", exist_ok=True)
    for n in range(leases):
        with open(f"{data}/bench/10.10.{100 + n // 250}.{n % 250}", "w") as file:
            file.write(f"held{n:06d}\r\neth0")
    conf = json.dumps({"cniVersion": "1.0.0", "name": "bench", "type": kind, "master": "eth0", "mode": "bridge" if kind == "macvlan" else "l3",
                       "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.10.0.0/16"}]], "dataDir": data}})

    def plugin(verb):
        def one(n):
            environment = {"CNI_COMMAND": verb, "CNI_CONTAINERID": f"bench{n:06d}", "CNI_NETNS": f"/run/netns/{sandboxes[n]}", "CNI_IFNAME": "eth0", "CNI_PATH": PLUGINS, "PATH": os.environ["PATH"]}
            done = subprocess.run(["nsenter", f"--net=/run/netns/{topology.hosts[0]}", f"{PLUGINS}/{kind}"], input=conf, capture_output=True, text=True, env=environment)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
        return one

    for what, verb in (("join", "ADD"), ("leave", "DEL")):
        results.add(what, "cni", clients=1, kind=kind, held=leases, **told(*by_clients(len(sandboxes), 1, lambda _: plugin(verb))))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--kind", default="ipvlan", choices=("ipvlan", "macvlan"))
    given = parser.parse_args()
    with Topology("life", hosts=1) as topology:
        prefix = f"bench-{topology.instance}-e"
        sandboxes = [f"{prefix}{n}" for n in range(given.count)]
        ip(None, *[f"netns add {name}" for name in sandboxes])
        try:
            limit(topology, prefix, min(given.count, 100), given.kind)
            for leases in (0, 4_000):
                cni(topology, sandboxes[:50], given.kind, leases)
            system = System("ipvland", topology, {"RIG_BREAK": "macvlan" if given.kind == "macvlan" else ""})
            system.start()
            options = {"parent": "eth0", "ipvlan_mode": "l3"}
            Node(f"{topology.folder}/h1/api.sock").do("POST", "/v1/networks", {"name": "bench", "subnets": ["10.20.0.0/16"], "options": options})
            ipvland(topology, sandboxes[:50], 1, given.kind, counts=False)  # code is compiled
            for clients in (1, 64):
                ipvland(topology, sandboxes[:100] if clients == 1 else sandboxes, clients, given.kind)
        finally:
            ip(None, *[f"netns del {name}" for name in sandboxes])


if __name__ == "__main__":
    sys.exit(main())
