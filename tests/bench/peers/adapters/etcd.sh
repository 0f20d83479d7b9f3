#!/bin/bash
# A key-value store and watchers (as flannel host-gw, or Calico with etcd): one member of etcd in the namespace of the switch, fsync on
# disk; a route is a Put of /r/HOST/PREFIX_LENGTH with the next hop; each host runs etcdctl watch, into rtbatch.
. "$(dirname "$0")/lib.sh"
SWITCH=bench-$RIG_INSTANCE-switch
STORE=192.0.2.254:2379
export ETCDCTL_API=3

prepare() {
  local files=$RIG_RUN/hswitch tries
  mkdir -p "$files"
  ip -n "$SWITCH" addr replace 192.0.2.254/24 dev br0
  setsid ip netns exec "$SWITCH" etcd --name m1 --data-dir "$files/data" --log-level error \
    --listen-client-urls http://$STORE,http://127.0.0.1:2379 --advertise-client-urls http://$STORE \
    --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
    --initial-cluster m1=http://127.0.0.1:2380 > "$files/etcd.out" 2>&1 < /dev/null &
  echo $! > "$files/etcd.pid"
  for tries in $(seq 100); do
    ! timeout 2 ip netns exec "$SWITCH" etcdctl --endpoints 127.0.0.1:2379 endpoint health > /dev/null 2>&1 || break
    sleep 0.05
  done
}

start() {
  PUMP_SELF=h$1 spawn "$1" agent bash -c "etcdctl --endpoints $STORE watch --prefix /r/ --rev 1 | $RIG_BIN/rtbatch -p 186 -d eth0 -P etcd # $RIG_RUN"
  sleep 0.3
}

ready() { ip netns exec "$(namespace "$1")" ss -Htn state established dst 192.0.2.254 2> /dev/null | grep -q 2379; }

announcer() { exec ip netns exec "$(namespace "$1")" /usr/bin/python3 "$RIG/src/grpc_announcer.py" etcd $STORE "$(address "$1")" "h$1"; }
source_of_routes() { echo api; }

# etcd counts with host 1
measured() {
  local agent
  read -r agent < "$(folder "$1")/agent.pid"
  [ "$1" != 1 ] || cat "$RIG_RUN/hswitch/etcd.pid"
  ps -o pid= --ppid "$agent" || true
}

version() { etcd --version | head -1; }

main "$@"
