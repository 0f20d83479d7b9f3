#!/bin/bash
# This project: three nodes as host/build makes them, profile cluster, TLS, registry on host 1, journals on disk.
#   RIG_PREPARED="NETWORK SUBNET BLOCKS ..."   what host 1 owns from the beginning, while it has no endpoint there
#   RIG_NODE_OPTIONS                            lines of configuration
# Where the kernel has no ipvlan the daemon makes macvlan links, by the same path in the kernel.
. "$(dirname "$0")/lib.sh"
NODE=${RIG_NODE:-$RIG/../../../out/bin/ipvland}
BENCH=$RIG/../bin/Release/net10.0/IpvlanActors.Tests.Bench.dll
PROBES="probes 10.64.0.0/10" # a network in which each endpoint's address is a block, and thus a route

configuration() {
  local seeds registry=false
  seeds=$(for host in $(hosts); do printf '"%s:4053" ' "$(address "$host")"; done)
  [ "$1" != 1 ] || registry=true
  cat << CONF
ipvland {
  host.name = "h$1"
  cluster { bind = "$(address "$1")", port = 4053, seeds = [${seeds// /,}], registry = $registry }
  routes.max-per-host = 200000
  docker.enabled = ${RIG_DOCKER:-off}
  docker.socket = "$(folder "$1")/docker.sock"
  security.tls { ca = "$RIG_RUN/certs/ca.pem", certificate = "$RIG_RUN/certs/h$1.pem", key = "$RIG_RUN/certs/h$1.key" }
  log.level = WARNING
}
$RIG_NODE_OPTIONS
CONF
}

prepare() {
  local host names=()
  for host in $(hosts); do
    names+=("h$host")
    configuration "$host" > "$(folder "$host")/ipvland.conf"
  done
  "$NODE" certs --out "$RIG_RUN/certs" "${names[@]}" > /dev/null
  # shellcheck disable=SC2086
  [ -z "$RIG_PREPARED" ] || dotnet "$BENCH" story "$(folder 1)/data" h1 $RIG_PREPARED > /dev/null
}

start() {
  local files
  files=$(folder "$1")
  rm -f "$files/api.sock"
  IPVLAND_BREAK=${RIG_BREAK:-} spawn "$1" ipvland "$NODE" --config "$files/ipvland.conf" --data "$files/data" --socket "$files/api.sock"
}

ready() {
  local members
  members=$(timeout 5 curl -s --unix-socket "$(folder "$1")/api.sock" http://node/v1/cluster |
    jq '[.members[] | select(.status == "Up" and .reachable)] | length')
  [ "${members:-0}" = "$RIG_HOSTS" ]
}

announcer() {
  # shellcheck disable=SC2086
  exec /usr/bin/python3 "$RIG/src/ipvland_announcer.py" "$(folder "$1")/api.sock" "bench-$RIG_INSTANCE-c$1" $PROBES $RIG_PREPARED
}

source_of_routes() { echo api; }
version() { echo "ipvland, $(git -C "$RIG" log -1 --format=%h)"; }

main "$@"
