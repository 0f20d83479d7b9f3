#!/bin/bash
# FRR: zebra and bgpd, a full mesh of iBGP, "redistribute kernel".
#   RIG_BFD=1     with bfdd
. "$(dirname "$0")/lib.sh"
PROGRAMS=/usr/lib/frr

configuration() {
  local other
  echo "frr defaults traditional"
  echo "hostname h$1"
  echo "log file $(folder "$1")/bgpd.log warnings"
  echo "router bgp 65000"
  echo " bgp router-id $(address "$1")"
  for other in $(others "$1"); do
    echo " neighbor $(address "$other") remote-as 65000"
    [ -z "$RIG_BFD" ] || echo " neighbor $(address "$other") bfd"
  done
  printf ' address-family ipv4 unicast\n  redistribute kernel\n exit-address-family\n'
}

prepare() {
  local host files
  for host in $(hosts); do
    files=$(folder "$host")
    chown frr:frr "$files"
    printf 'hostname h%s\nlog file %s/zebra.log warnings\n' "$host" "$files" > "$files/zebra.conf"
    : > "$files/bfdd.conf"
    configuration "$host" > "$files/bgpd.conf"
  done
}

start() {
  local files
  files=$(folder "$1")
  rm -f "$files"/*.vty "$files/zserv.api"
  frr_daemon "$1" 1zebra zebra -s 90000000
  until_there "$files/zserv.api"
  [ -z "$RIG_BFD" ] || { frr_daemon "$1" 2bfdd bfdd --bfdctl "$files/bfdd.sock"; sleep 0.2; }
  frr_daemon "$1" 3bgpd bgpd -l "$(address "$1")"
}

# frr_daemon HOST NAME PROGRAM OPTION...
frr_daemon() {
  local host=$1 name=$2 program=$3 files
  files=$(folder "$host")
  shift 3
  spawn "$host" "$name" "$PROGRAMS/$program" -f "$files/$program.conf" -i "$files/$program.lock" -z "$files/zserv.api" --vty_socket "$files" -P 0 "$@"
}

ready() {
  local established
  established=$(timeout 3 vtysh --vty_socket "$(folder "$1")" -c 'show bgp summary json' 2> /dev/null |
    jq '[.ipv4Unicast.peers[]? | select(.state == "Established")] | length')
  [ "$established" = $((RIG_HOSTS - 1)) ]
}

version() { $PROGRAMS/bgpd --version | head -1; }

main "$@"
