# Sourced by the scripts of this repository: what they need of the machine. Quiet unless something has to be done.
# shellcheck shell=bash

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DEBIAN_FRONTEND=noninteractive
LAB_KERNEL=tests/lab/uml/umlab.sh

say() { echo "$*"; }

fail() {
  echo "$*" >&2
  exit 1
}

# quietly MEANING COMMAND...: shows what a command said only if it failed.
quietly() {
  local meaning=$1 log
  shift
  log=$(mktemp)
  if ! "$@" > "$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "$meaning (see above)."
  fi
  rm -f "$log"
}

need_root() {
  [ "$(id -u)" = 0 ] || fail "$1 must run as root, since it makes network links: sudo $0"
}

need_dotnet() {
  command -v dotnet > /dev/null || fail "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --version > /dev/null 2>&1 || fail "No .NET SDK here satisfies global.json: $(dotnet --version 2>&1 | tail -1)"
}

# need_packages PACKAGE:PROOF...: installs the packages whose proof (a command, or a file by its full path) is missing.
need_packages() {
  local missing=() entry package proof
  for entry in "$@"; do
    package=${entry%%:*} proof=${entry#*:}
    case $proof in
      /*) [ -e "$proof" ] || missing+=("$package") ;;
      *) command -v "$proof" > /dev/null || missing+=("$package") ;;
    esac
  done
  [ ${#missing[@]} = 0 ] && return
  [ "$(id -u)" = 0 ] || fail "These packages are missing: ${missing[*]}. Install them, or run this as root."
  say "Installing ${missing[*]}"
  apt-get -qq install -y --no-install-recommends "${missing[@]}" > /dev/null 2>&1 && return
  quietly "apt-get update failed" apt-get -qq update
  quietly "These packages could not be installed: ${missing[*]}" \
    apt-get -qq install -y --no-install-recommends "${missing[@]}"
}

# A client of the CNI plugin, and the plugins that it is held against.
need_cni() {
  need_packages containernetworking-plugins:/usr/lib/cni/host-local podman:podman busybox-static:/usr/bin/busybox
}

# need_docker: a dockerd for tests that start one of their own. The service that the package brings is not started.
need_docker() {
  local policy=/usr/sbin/policy-rc.d made=""
  [ -x /usr/sbin/dockerd ] && command -v busybox > /dev/null && return
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy && made=1; }
  (need_packages docker.io:/usr/sbin/dockerd busybox-static:busybox) || say "Without them the tests with a dockerd are skipped"
  [ -z "$made" ] || rm -f $policy
}

# Those that ours is held against. The services that the packages bring are not started.
need_peers() {
  local policy=/usr/sbin/policy-rc.d made=""
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod +x $policy && made=1; }
  (need_packages bird2:/usr/sbin/bird frr:/usr/lib/frr/bgpd gobgpd:gobgpd etcd-server:etcd etcd-client:etcdctl jq:jq curl:curl gcc:cc \
    libc6-dev:/usr/include/stdio.h containernetworking-plugins:/usr/lib/cni/host-local python3-grpcio:/usr/lib/python3/dist-packages/grpc/__init__.py)
  [ -z "$made" ] || rm -f $policy
}

# What looks at the page, and letters for it.
need_browser() {
  need_packages chromium:/usr/bin/chromium fonts-dejavu-core:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
}

need_lab_kernel() {
  need_packages user-mode-linux:linux.uml gcc:cc libc6-dev:/usr/include/stdio.h
}

# Whether the running kernel makes ipvlan links, tried in a network namespace of its own that vanishes with the command.
kernel_has_ipvlan() {
  unshare --net sh -c '
    ip link add d0 type dummy && ip link add link d0 name d0.2 type vlan id 2 &&
    ip link add link d0 name i0 type ipvlan mode l3' > /dev/null 2>&1
}
