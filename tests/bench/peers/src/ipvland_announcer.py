#!/usr/bin/python3
"""Begins and ends routes of a node by its API, as the other announcers of the rig.

ipvland_announcer.py SOCKET SANDBOX PROBES SUBNET [NETWORK SUBNET BLOCKS]...

A line on stdin, an object on stdout {"t0": before the request, "t1": after its answer (CLOCK_MONOTONIC, ns), "n", "errors"}:

add P..., del P...    an endpoint with that very address joins the network of probes, or is removed: its block of one address is
                      claimed, on disk, and told. The block outlives the endpoint, so del ends no route.
addrange BASE/32 N    the first endpoint joins the prepared network that holds BASE: all its N blocks are told at once.
delrange BASE/32 N    it leaves, and all are withdrawn.
"""
import ipaddress
import json
import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rig"))
from node import Node  # noqa: E402


class Announcer:
    def __init__(self, node, sandbox, probes, prepared):
        self.node, self.sandbox, self.probes, self.prepared = node, sandbox, probes, prepared
        self.links = 0
        self.errors = []

    def make_probes(self, subnet):
        options = {"parent": "eth0", "ipvlan_mode": "l3", "block_size": "32", "originate": "always", "default_route": "no"}
        status, text = self.node.ask("POST", "/v1/networks", {"name": self.probes, "subnets": [subnet], "options": options})
        if status >= 300 and "exist" not in text:
            sys.exit(f"{self.probes}: {text}")

    def join(self, network, address):
        self.links += 1
        self._check(*self.node.ask("POST", "/v1/endpoints", {
            "network": network, "netns": self.sandbox, "name": f"at-{address}", "ip": address, "ifName": f"e{self.links}"}))

    def remove(self, address):
        self._check(*self.node.ask("DELETE", f"/v1/endpoints/at-{address}"))

    def _check(self, status, text):
        if status >= 300:
            self.errors.append(text)

    def do(self, verb, words):
        """How many routes that was."""
        if verb in ("add", "del"):
            for prefix in words:
                address = prefix.split("/")[0]
                self.join(self.probes, address) if verb == "add" else self.remove(address)
            return len(words)
        base = ipaddress.ip_address(words[0].split("/")[0])
        network, subnet, count = next(p for p in self.prepared if base in p[1])
        first = str(subnet[2])  # the first one is the gateway
        self.join(network, first) if verb == "addrange" else self.remove(first)
        return count


def main():
    path, sandbox, probes, subnet, *rest = sys.argv[1:]
    prepared = [(n, ipaddress.ip_network(s), int(c)) for n, s, c in zip(rest[::3], rest[1::3], rest[2::3])]
    announcer = Announcer(Node(path), sandbox, probes, prepared)
    announcer.make_probes(subnet)
    for line in sys.stdin:
        verb, *words = line.split()
        announcer.errors.clear()
        t0 = time.monotonic_ns()
        count = announcer.do(verb, words)
        print(json.dumps({"t0": t0, "t1": time.monotonic_ns(), "n": count, "errors": len(announcer.errors),
                          "message": announcer.errors[0] if announcer.errors else ""}), flush=True)


main()
