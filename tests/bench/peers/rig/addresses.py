#!/usr/bin/python3
"""
Allocation alone, durable: ipvland by the IPAM driver that Docker uses, beside etcd with one member (a transaction that creates the key
if it is not there). addresses.py [--seconds S]
"""
import argparse
import json

from node import Node
from systems import Results, System
from topology import RIG, Topology, run
from work import by_clients, told

SUBNET = "10.30.0.0/16"
results = Results()


def etcd(seconds):
    with Topology("etcd", hosts=1) as topology:
        system = System("etcd", topology)
        system.do("prepare")
        for clients in (1, 64):
            done = json.loads(run(["ip", "netns", "exec", topology.switch, "/usr/bin/python3", f"{RIG}/src/etcd_alloc.py", "127.0.0.1:2379", str(clients), str(seconds), str(clients)]))
            results.add("allocate", "etcd", clients=clients, **told(done["lat"], done["per_s"]))


def ipvland(count):
    with Topology("ipam", hosts=1) as topology:
        system = System("ipvland", topology, {"RIG_DOCKER": "on"})
        system.start()
        path = f"{topology.folder}/h1/docker.sock"
        network = {"name": "pool", "subnets": [SUBNET], "options": {"parent": "eth0", "ipvlan_mode": "l3"}}
        Node(f"{topology.folder}/h1/api.sock").do("POST", "/v1/networks", network)
        asked = {"AddressSpace": "ipvland", "Pool": SUBNET, "SubPool": "", "Options": {"network": "pool"}, "V6": False}
        pool = Node(path).do("POST", "/IpamDriver.RequestPool", asked)["PoolID"]

        def client(_):
            node = Node(path)
            return lambda _: node.do("POST", "/IpamDriver.RequestAddress", {"PoolID": pool, "Address": "", "Options": {}})

        by_clients(300, 1, client)  # does not count: code is compiled
        for clients, times in ((1, count // 4), (64, count)):
            results.add("allocate", "ipvland", clients=clients, **told(*by_clients(times, clients, client)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--count", type=int, default=2_000)
    given = parser.parse_args()
    etcd(given.seconds)
    ipvland(given.count)


if __name__ == "__main__":
    main()
