"""The goals, each as what of the results is held against what, and how far it may be off."""
from dataclasses import dataclass
from statistics import median


class Seen:
    """Results by section and system; medians where there are several."""

    def __init__(self, records):
        self.records = records

    def __call__(self, section, system, value, **more):
        """None: not measured."""
        found = [
            r[value] for r in self.records
            if r["section"] == section and r["system"] == system and r.get(value) is not None and all(r.get(k) == v for k, v in more.items())]
        return median(found) if found and not isinstance(found[0], list) else (found[-1] if found else None)


@dataclass
class Row:
    work: str
    unit: str
    ours: object
    other: str
    theirs: object
    most: float | None = None
    least: float | None = None

    @property
    def ratio(self):
        return self.ours / self.theirs if self.ours is not None and self.theirs else None

    @property
    def goal(self):
        if self.most is None and self.least is None:
            return "-"
        number = f"{self.most if self.least is None else self.least:g}"
        return ("at most " if self.least is None else "at least ") + (f"{number} times" if self.other else f"{number} {self.unit}")

    @property
    def met(self):
        value = self.ratio if self.other else self.ours
        if value is None or (self.most is None and self.least is None):
            return "-"
        return "yes" if (self.most is None or value <= self.most) and (self.least is None or value >= self.least) else "**no**"


def rows(seen):
    return [*_one(seen), *_many(seen), *_events(seen), *_endpoints(seen)]


def _one(seen):
    for table in (0, 10_000, 99_000):
        work, ours = f"one route, table of {table:,}", seen("one", "ipvland", "p50_ms", table=table)
        for name, most in (("bird", 4), ("etcd", .6)):
            yield Row(f"{work}, p50", "ms", ours, name, seen("one", name, "p50_ms", table=table), most)
        yield Row(f"{work}, p99", "ms", seen("one", "ipvland", "p99_ms", table=table), "bird", seen("one", "bird", "p99_ms", table=table), 1.5)
    ours = seen("one", "ipvland", "p50_ms", table=0)
    for name, most in (("gobgp", .6), ("frr", .03), ("limit", None)):
        yield Row("one route, table of 0, p50", "ms", ours, name, seen("one", name, "p50_ms", table=0), most)
    yield Row("the same without a claim", "ms", seen("flip", "ipvland", "p50_ms", what="begins"), "bird", seen("flip", "bird", "p50_ms", what="begins"))
    yield Row("one route ends (its endpoint's link is deleted first)", "ms", seen("flip", "ipvland", "p50_ms", what="ends"), "bird", seen("flip", "bird", "p50_ms", what="ends"))


def _many(seen):
    for count in (10_000, 100_000):
        for section in ("announced", "withdrawn"):
            ours = seen(section, "ipvland", "s", n=count)
            for name, most in (("bird", .9), ("limit", 1.25), ("frr", None), ("etcd", None), ("gobgp", None)):
                theirs = seen(section, name, "s", n=count)
                if theirs is not None:
                    yield Row(f"{count:,} routes {section} at once", "s", ours, name, theirs, most)
        memory = seen("announced", "ipvland", "rss_mib", n=count)
        yield Row(f"{count:,} routes: RSS of the origin", "MiB", memory and memory[0], "", None, 250 if count == 100_000 else None)


def _events(seen):
    yield Row("late joiner, 10,000 routes: from membership to all", "s", seen("late", "ipvland", "after_s"), "", None, 1.5)
    yield Row("the same from the start of its daemon", "s", seen("late", "ipvland", "s"), "bird", seen("late", "bird", "s"))
    yield Row("link of a host lost: its 1,000 routes gone", "s", seen("lost", "ipvland", "gone_s"), "", None, .9)
    for name in ("frr", "bird"):
        yield Row("the same beside BFD", "s", seen("lost", "ipvland", "gone_s"), name, seen("lost", name, "gone_s"))
    yield Row("link back: its routes back", "s", seen("lost", "ipvland", "back_s"), "frr", seen("lost", "frr", "back_s"))
    gone = seen("killed", "ipvland", "lost")
    yield Row("daemon killed for 15 s: routes lost elsewhere", "routes", gone and max(gone), "", None, 0)
    for name in ("bird", "frr"):
        theirs = seen("killed", name, "lost")
        yield Row("the same", "routes", gone and max(gone), name, theirs and max(theirs))


def _endpoints(seen):
    ours = seen("join", "ipvland", "p50_ms", clients=1)
    yield Row("join by API, one client, p50", "ms", ours, "", None, 3)
    yield Row("join by API, one client, p50", "ms", ours, "limit", seen("join", "limit", "p50_ms"))
    yield Row("join by API, 64 clients", "per s", seen("join", "ipvland", "per_s", clients=64), "", None, least=800)
    for held, least in ((0, 6), (4_000, 10)):
        yield Row(f"joins one after another, CNI with {held:,} leases", "per s", seen("join", "ipvland", "per_s", clients=1), "cni", seen("join", "cni", "per_s", held=held), least=least)
    yield Row("leave, one client, p50", "ms", seen("leave", "ipvland", "p50_ms", clients=1), "limit", seen("leave", "limit", "p50_ms"), 1)
    yield Row("leave, 64 clients", "per s", seen("leave", "ipvland", "per_s", clients=64), "", None, least=180)
    yield Row("allocation, one client, p50", "ms", seen("allocate", "ipvland", "p50_ms", clients=1), "etcd", seen("allocate", "etcd", "p50_ms", clients=1), 1.3)
    yield Row("allocation, 64 clients", "per s", seen("allocate", "ipvland", "per_s", clients=64), "etcd", seen("allocate", "etcd", "per_s", clients=64), least=4)
