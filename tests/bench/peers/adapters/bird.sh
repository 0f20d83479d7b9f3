#!/bin/bash
# BIRD 2, a full mesh of iBGP on the underlay; routes of the host are learned from its kernel, as Calico does it.
#   RIG_BFD=1     with BFD
#   RIG_BUFFER=N  netlink receive buffer; BIRD's own default loses routes at 10,000 at once
. "$(dirname "$0")/lib.sh"

configuration() {
  local other bfd=""
  [ -z "$RIG_BFD" ] || bfd='protocol bfd { interface "eth0" { }; }'
  cat << CONF
log "$(folder "$1")/bird.log" { warning, error, fatal, bug };
router id $(address "$1");
protocol device {}
$bfd
protocol kernel {
  learn;
  netlink rx buffer ${RIG_BUFFER:-67108864};
  ipv4 { import all; export where source = RTS_BGP; };
}
template bgp mesh {
  local $(address "$1") as 65000;
  direct;
  ${RIG_BFD:+bfd on;}
  ipv4 { import all; export where source = RTS_INHERIT; next hop self; };
}
CONF
  for other in $(others "$1"); do echo "protocol bgp h$other from mesh { neighbor $(address "$other") as 65000; }"; done
}

prepare() { for host in $(hosts); do configuration "$host" > "$(folder "$host")/bird.conf"; done; }

start() {
  rm -f "$(folder "$1")/bird.ctl"
  spawn "$1" bird /usr/sbin/bird -f -c "$(folder "$1")/bird.conf" -s "$(folder "$1")/bird.ctl"
}

ready() {
  local established
  established=$(timeout 2 birdc -r -s "$(folder "$1")/bird.ctl" show protocols 2> /dev/null | grep -c ' BGP .*Established')
  [ "$established" = $((RIG_HOSTS - 1)) ]
}

version() { bird --version 2>&1; }

main "$@"
