"""Hosts as network namespaces on one bridge."""
import atexit
import glob
import json
import os
import shutil
import signal
import subprocess
import sys

RIG = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.abspath(f"{RIG}/../../../out/bench")
BIN = f"{OUT}/bin"


def run(command, check=True, text_in=None, timeout=60):
    """What it printed; RuntimeError with what it said if it failed and that matters."""
    done = subprocess.run(command, input=text_in, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def ip(space, *lines, check=True):
    """Lines of ip in a namespace (None: the rig's own)."""
    into = ["-n", space] if space else []
    return run(["ip", *into, "-batch", "-"], check, "".join(f"{line}\n" for line in lines))


class Topology:
    """
    Hosts bench-INSTANCE-h1.., each with eth0 (192.0.2.N/24) in the bridge br0 of bench-INSTANCE-switch, by the port pN; and
    bench-INSTANCE-cN, an empty namespace for containers of host N. A context: all of it goes at the end, processes included.
    """

    _alive = []

    def __init__(self, instance, hosts=3):
        self.instance, self.count = f"{instance}{os.getpid() % 10000}", hosts
        self.switch = f"bench-{self.instance}-switch"
        self.hosts = [f"bench-{self.instance}-h{n}" for n in range(1, hosts + 1)]
        self.sandboxes = [f"bench-{self.instance}-c{n}" for n in range(1, hosts + 1)]
        self.folder = f"{OUT}/run/{self.instance}"

    def __enter__(self):
        Topology._alive.append(self)
        os.makedirs(self.folder)
        for space in [self.switch, *self.hosts, *self.sandboxes]:
            run(["ip", "netns", "add", space])
        ip(self.switch, "link set lo up", "link add br0 type bridge", "link set br0 type bridge mcast_snooping 0", "link set br0 up")
        for n, host in enumerate(self.hosts, 1):
            ip(self.switch, f"link add p{n} type veth peer name eth0 netns {host}", f"link set p{n} master br0", f"link set p{n} up")
            ip(host, "link set lo up", "link set eth0 up", f"addr add 192.0.2.{n}/24 dev eth0")
            run(["ip", "netns", "exec", host, "sysctl", "-qw", "net.ipv4.ip_forward=1"], check=False)
        return self

    def __exit__(self, *_):
        for file in glob.glob(f"{self.folder}/h*/*.pid"):
            self._end(int(open(file).read() or 0))
        there = run(["ip", "netns", "list"]).split()
        for space in [*self.hosts, *self.sandboxes, self.switch]:
            if space in there:
                run(["ip", "netns", "del", space], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
        Topology._alive.remove(self)

    def _end(self, pid):
        """Only what is ours: a number may be another's by now."""
        try:
            if f"RIG_INSTANCE={self.instance}\0" in open(f"/proc/{pid}/environ").read():
                os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass

    def plug(self, host, state):
        """The cable of a host, up or down."""
        run(["ip", "-n", self.switch, "link", "set", f"p{host}", state])

    def routes(self, host, within="10.0.0.0/8"):
        return len(run(["ip", "-n", self.hosts[host - 1], "route", "show", "root", within]).splitlines())

    def sent(self):
        """Bytes that each host has sent."""
        links = json.loads(run(["ip", "-n", self.switch, "-s", "-j", "link", "show"]))
        ports = {link["ifname"]: link["stats64"]["rx"]["bytes"] for link in links}
        return [ports[f"p{n}"] for n in range(1, self.count + 1)]

    @staticmethod
    def end_all():
        for topology in list(Topology._alive):
            topology.__exit__()


atexit.register(Topology.end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
