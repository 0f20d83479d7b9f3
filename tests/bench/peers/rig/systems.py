"""The systems under measurement, by their adapters; the observer; and where results go."""
import glob
import json
import os
import subprocess
import time

from topology import BIN, OUT, RIG

now = time.monotonic_ns


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None


class Spoken:
    """A process that answers each line with one of JSON."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)

    def __call__(self, line):
        self.process.stdin.write(line + "\n")
        return self.read(line)

    def read(self, of):
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.process.args}: ended at '{of[:80]}'")
        return json.loads(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Observer(Spoken):
    """When each route came to and went from each host's kernel, by that kernel's clock (src/fibwatch.c)."""

    def __init__(self, spaces, bits=18):
        super().__init__([f"{BIN}/fibwatch", "-b", str(bits), *spaces])
        self.read("start")

    def wait(self, kind, seconds, hosts):
        """kind: new or del. Whether all came in time; and what is known of each host."""
        answer = self(f"wait {kind} {int(seconds * 1000)} {' '.join(map(str, hosts))}")
        return answer["why"] == "done", [space[kind] for space in answer["ns"]]


class System:
    """One adapter on one topology."""

    def __init__(self, name, topology, options=None):
        self.name, self.topology = name, topology
        self.adapter = f"{RIG}/adapters/{name}.sh"
        self.environment = dict(
            os.environ, RIG=RIG, RIG_BIN=BIN, RIG_INSTANCE=topology.instance, RIG_HOSTS=str(topology.count), RIG_RUN=topology.folder, **(options or {}))

    def do(self, *words, check=True, timeout=180):
        done = subprocess.run([self.adapter, *map(str, words)], env=self.environment, capture_output=True, text=True, timeout=timeout)
        if check and done.returncode:
            raise RuntimeError(f"{self.name} {words}: {done.stdout} {done.stderr}")
        return done

    def start(self, hosts=None, patience=120):
        self.do("prepare")
        for host in hosts or range(1, self.topology.count + 1):
            self.do("start", host)
        self.until_ready(hosts, patience)

    def until_ready(self, hosts=None, patience=120):
        """Seconds until the last host was."""
        begun, left = now(), list(hosts or range(1, self.topology.count + 1))
        while left:
            left = [host for host in left if self.do("ready", host, check=False).returncode]
            if any(not self.processes(host) for host in left) or now() - begun > patience * 1e9:
                raise RuntimeError(f"{self.name}: hosts {left} are not ready: {self.said()}")
            time.sleep(0.02)
        return (now() - begun) / 1e9

    def said(self):
        return " ".join(open(file).read()[-400:] for file in glob.glob(f"{self.topology.folder}/h*/*.out"))

    def announcer(self, host):
        return Spoken([self.adapter, "announcer", str(host)], self.environment)

    def processes(self, host):
        return [int(pid) for pid in self.do("measured", host).stdout.split()]

    def resident(self, host):
        """MiB"""
        return round(sum(_resident(pid) for pid in self.processes(host)) / 1024, 1)

    def processor_ms(self):
        return [sum(_processor_ms(pid) for pid in self.processes(host)) for host in range(1, self.topology.count + 1)]


def _resident(pid):
    try:
        return next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        return 0


def _processor_ms(pid):
    total = 0
    for file in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            total += int(open(file).read().split()[0])
        except OSError:
            pass
    return round(total / 1e6)


class Results:
    """A line of JSON for each, in a file that git ignores; and the same for the eye."""

    def __init__(self, path=f"{OUT}/results.jsonl"):
        self.path = path

    def add(self, section, system, **values):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        record = {"section": section, "system": system, **values, "load": os.getloadavg()[0]}
        with open(self.path, "a") as file:
            file.write(json.dumps(record) + "\n")
        print("  " + " ".join(f"{key}={_short(value)}" for key, value in record.items()), flush=True)


def _short(value):
    if isinstance(value, list):
        return "[" + " ".join(map(_short, value)) + "]"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
