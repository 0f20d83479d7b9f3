#!/usr/bin/python3
"""The table of goals, in Markdown, from out/bench/results.jsonl."""
import json
import os
import platform
import subprocess
import time

from goals import Seen, rows
from topology import OUT, RIG

NAMES = {"bird": "BIRD", "etcd": "etcd + watcher", "gobgp": "GoBGP", "frr": "FRR", "limit": "C limit", "cni": "CNI + host-local", "": ""}


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def machine(records):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = int(next(line for line in open("/proc/meminfo")).split()[1]) // 1024 // 1024
    release = next(line.split('"')[1] for line in open("/etc/os-release") if line.startswith("PRETTY_NAME"))
    revision = subprocess.run(["git", "-C", RIG, "log", "-1", "--format=%h"], capture_output=True, text=True).stdout.strip()
    loads = [r["load"] for r in records]
    return (f"{time.strftime('%F')}, revision {revision}: {os.cpu_count()} processors of {model}, {memory} GiB, Linux {platform.release()}, {release}. "
            f"Load average during the run {min(loads):.1f} to {max(loads):.1f} (the rig itself makes up to 3).")


def main():
    records = [json.loads(line) for line in open(f"{OUT}/results.jsonl")]
    print(f"{machine(records)}\n")
    print("| work | ours | beside | its | ratio | goal | met |\n|---|---|---|---|---|---|---|")
    for row in rows(Seen(records)):
        if row.ours is None or (row.other and row.theirs is None):
            continue
        theirs = f"{number(row.theirs)} {row.unit}" if row.other and row.theirs is not None else ""
        print(f"| {row.work} | {number(row.ours)} {row.unit} | {NAMES[row.other]} | {theirs} | {number(row.ratio) if row.other else ''} | {row.goal} | {row.met} |")


if __name__ == "__main__":
    main()
