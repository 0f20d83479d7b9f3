#!/usr/bin/python3
"""Route distribution: from one host into the kernels of the others. routes.py SCENARIO SYSTEM [--option NAME=VALUE]..."""
import argparse
import time

from systems import Observer, Results, System, now, percentile
from topology import Topology, run

PROBES = "10.64.{}.{}/32"
WARM = 50  # times that do not count
CHUNK = 5_000  # a table is loaded in bursts that nobody's buffers overflow at
results = Results()


class Bench:
    """A system that is up, an observer of all its hosts, and an announcer on host 1. Hosts count from 0, as the observer does."""

    def __init__(self, name, scenario, options, prepared="", bits=18):
        self.topology = Topology(scenario)
        self.options = dict(options, RIG_PREPARED=prepared)
        self.name, self.bits = name, bits
        self.others = [1, 2]

    def __enter__(self):
        self.topology.__enter__()
        self.system = System(self.name, self.topology, self.options)
        self.system.start()
        self.observer = Observer(self.topology.hosts, self.bits)
        self.announce = self.system.announcer(1)
        self.from_kernel = self.system.do("source").stdout.strip() == "kernel"
        return self

    def __exit__(self, *_):
        if hasattr(self, "announce"):
            self.announce.__exit__()
            self.observer.__exit__()
        self.topology.__exit__()

    def change(self, line, kind, count, seconds=90, hosts=None, fresh=True):
        """
        Whether all came; ns from the beginning until then, and from the first host's own kernel if routes begin there; and what the
        observer knows. fresh: routes that were seen may come again.
        """
        hosts = self.others if hosts is None else hosts
        self.observer(f"{'arm' if fresh else 'rearm'} {count} {count}")
        began = now()
        answer = self.announce(line)
        if answer["errors"]:
            raise RuntimeError(f"{self.name}: {answer}")
        began = answer["t0"]
        there, seen = self.observer.wait(kind, seconds, hosts)
        last = max(seen[h]["reached"] for h in hosts) if there else None
        return there, last and last - began, last and last - (seen[0]["first"] or began), seen

    def load(self, count):
        """A table of so many routes to the first host."""
        self.observer("range 10.128.0.0/9")
        chunk = count if self.name == "ipvland" else CHUNK
        for first in range(0, count, chunk):
            n = min(chunk, count - first)
            there, *_, seen = self.change(f"addrange {_address('10.128.0.0', first)}/32 {n}", "new", n)
            if not there:
                raise RuntimeError(f"{self.name}: the table came to {[s['uniq'] for s in seen]} of {n}")


def _address(base, offset):
    a, b, c, d = map(int, base.split("."))
    number = (a << 24 | b << 16 | c << 8 | d) + offset
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def one(name, options, table=0, times=200, seconds=20):
    """One route at a time, over a table of others."""
    prepared = f"table 10.128.0.0/9 {table}" if table else ""
    with Bench(name, "one", options, prepared) as bench:
        if table:
            bench.load(table)
        bench.observer("range 10.64.0.0/10")
        bench.observer("arm 1 1")
        took, end = [], time.monotonic() + seconds
        work, wire = bench.system.processor_ms(), bench.topology.sent()
        for n in range(times + WARM):
            prefix = PROBES.format(1 + (n >> 8), n & 255)
            there, whole, kernel, _ = bench.change(f"add {prefix}", "new", 1, 10, [0, 1, 2] if bench.from_kernel else None, fresh=False)
            if not there:
                raise RuntimeError(f"{name}: {prefix} did not come")
            if n >= WARM:
                took.append((kernel if bench.from_kernel else whole) / 1e6)
            bench.announce(f"del {prefix}")
            time.sleep(0.01)
            if time.monotonic() > end:
                break
        changes = 2 * len(took) + 2 * WARM
        results.add(
            "one", name, table=table, n=len(took), p50_ms=percentile(took, .5), p99_ms=percentile(took, .99), max_ms=max(took),
            processor_us=[round((b - a) * 1000 / changes) for a, b in zip(work, bench.system.processor_ms())],
            bytes_per_change=round(sum(b - a for a, b in zip(wire, bench.topology.sent())) / changes),
            rss_mib=[bench.system.resident(h) for h in (1, 2, 3)])


def bulk(name, options, count=10_000, times=3):
    """So many routes that begin at once, and end at once."""
    with Bench(name, "bulk", options, f"bulk 10.0.0.0/10 {count}") as bench:
        bench.observer("range 10.0.0.0/10")
        for kind, verb in [("new", "addrange"), ("del", "delrange")] * times:
            work, wire = bench.system.processor_ms(), bench.topology.sent()
            there, whole, _, seen = bench.change(f"{verb} 10.0.0.0/32 {count}", kind, count)
            time.sleep(0.2)
            results.add(
                "announced" if kind == "new" else "withdrawn", name, n=count, all=there, s=whole and whole / 1e9, got=[s["uniq"] for s in seen[1:]],
                processor_ms=[b - a for a, b in zip(work, bench.system.processor_ms())],
                bytes=[b - a for a, b in zip(wire, bench.topology.sent())], rss_mib=[bench.system.resident(h) for h in (1, 2, 3)])
            if not there:
                break


def flip(name, options, times=200):
    """One route begins and ends, of a block that the host has."""
    with Bench(name, "flip", options, "bulk 10.0.0.0/10 1") as bench:
        bench.observer("range 10.0.0.0/10")
        took = {"new": [], "del": []}
        for n in range(times + WARM):
            for kind, verb in (("new", "addrange"), ("del", "delrange")):
                there, whole, kernel, _ = bench.change(f"{verb} 10.0.0.0/32 1", kind, 1, 10)
                if not there:
                    raise RuntimeError(f"{name}: {verb} {n} did not come")
                if n >= WARM:
                    took[kind].append((kernel if bench.from_kernel else whole) / 1e6)
                time.sleep(0.005)
        for kind, word in (("new", "begins"), ("del", "ends")):
            results.add("flip", name, what=word, n=times, p50_ms=percentile(took[kind], .5), p99_ms=percentile(took[kind], .99))


def late(name, options, count=10_000, times=3):
    """A third host comes when the first has told of so many: from its being a member until all are in its kernel."""
    with Bench(name, "late", options, f"table 10.128.0.0/9 {count}") as bench:
        bench.load(count)
        for _ in range(times):
            bench.system.do("stop", 3)
            run(["ip", "-n", bench.topology.hosts[2], "route", "flush", "root", "10.0.0.0/8"], check=False)
            bench.observer(f"arm {count} {count}")
            began = now()
            bench.system.do("start", 3)
            member = bench.system.until_ready([3])
            there, seen = bench.observer.wait("new", 60, [2])
            whole = there and (seen[2]["reached"] - began) / 1e9
            results.add("late", name, n=count, all=there, s=whole, member_s=member, after_s=there and max(0.0, whole - member), got=seen[2]["uniq"])


def lost(name, options, count=1_000, times=3):
    """The cable of the first host is pulled: until its routes are gone elsewhere; and plugged again: until they are back."""
    with Bench(name, "lost", options, f"table 10.128.0.0/9 {count}") as bench:
        bench.load(count)
        for _ in range(times):
            time.sleep(4)
            seconds = []
            for kind, state in (("del", "down"), ("new", "up")):
                bench.observer(f"arm {count} {count}")
                began = now()
                bench.topology.plug(1, state)
                there, seen = bench.observer.wait(kind, 30, bench.others)
                seconds.append(there and (max(seen[h]["reached"] for h in bench.others) - began) / 1e9)
            results.add("lost", name, n=count, gone_s=seconds[0], back_s=seconds[1])


def killed(name, options, count=1_000, seconds=15):
    """The first host's daemon is killed, and started again after a while: what the others lose meanwhile, and what itself."""
    with Bench(name, "killed", options, f"table 10.128.0.0/9 {count}") as bench:
        bench.load(count)
        bench.observer(f"arm {count} {count}")
        bench.system.do("die", 1)
        time.sleep(seconds)
        bench.system.do("start", 1)
        bench.system.until_ready([1])
        time.sleep(5)
        seen = bench.observer("stats")["ns"]
        results.add("killed", name, n=count, lost=[s["del"]["uniq"] for s in seen[1:]], there=[bench.topology.routes(h, "10.128.0.0/9") for h in (2, 3)])


SCENARIOS = {scenario.__name__: scenario for scenario in (one, flip, bulk, late, lost, killed)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("system")
    parser.add_argument("-o", "--option", action="append", default=[], help="NAME=VALUE for the adapter")
    parser.add_argument("-n", type=int, dest="count")
    parser.add_argument("-t", type=int, dest="table")
    parser.add_argument("--times", type=int)
    given = parser.parse_args()
    more = {key: value for key in ("count", "table", "times") if (value := getattr(given, key)) is not None}
    SCENARIOS[given.scenario](given.system, dict(pair.split("=", 1) for pair in given.option), **more)


if __name__ == "__main__":
    main()
