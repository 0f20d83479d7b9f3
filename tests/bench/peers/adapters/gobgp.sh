#!/bin/bash
# GoBGP has no netlink of its own, so it runs as in kube-router: gobgpd speaks the protocol, routes are announced by gRPC, and a pump
# (gobgp monitor global rib, into rtbatch) programs the kernel.
. "$(dirname "$0")/lib.sh"

configuration() {
  local other
  printf '[global.config]\n  as = 65000\n  router-id = "%s"\n  local-address-list = ["%s"]\n' "$(address "$1")" "$(address "$1")"
  for other in $(others "$1"); do
    printf '[[neighbors]]\n  [neighbors.config]\n    neighbor-address = "%s"\n    peer-as = 65000\n' "$(address "$other")"
    printf '  [neighbors.timers.config]\n    connect-retry = 5\n'
  done
}

prepare() { for host in $(hosts); do configuration "$host" > "$(folder "$host")/gobgpd.conf"; done; }

start() {
  local files
  files=$(folder "$1")
  rm -f "$files/gobgp.sock"
  spawn "$1" 1gobgpd /usr/bin/gobgpd -f "$files/gobgpd.conf" -t toml --api-hosts "unix://$files/gobgp.sock" -l warn --pprof-disable
  until_there "$files/gobgp.sock"
  PUMP_SELF=$(address "$1") spawn "$1" 2pump bash -c \
    "gobgp --target unix://$files/gobgp.sock monitor global rib --current | $RIG_BIN/rtbatch -p 186 -d eth0 -P gobgp"
}

ready() {
  local established
  established=$(timeout 10 gobgp --target "unix://$(folder "$1")/gobgp.sock" neighbor 2> /dev/null | grep -c Establ)
  [ "$established" = $((RIG_HOSTS - 1)) ]
}

announcer() { exec /usr/bin/python3 "$RIG/src/grpc_announcer.py" gobgp "$(folder "$1")/gobgp.sock" "$(address "$1")"; }
source_of_routes() { echo api; }
measured() { cat "$(folder "$1")/1gobgpd.pid"; }
version() { gobgpd --version; }

main "$@"
