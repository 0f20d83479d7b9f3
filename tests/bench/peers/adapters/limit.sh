#!/bin/bash
# The limit, no peer: kernel notification, TCP, batched netlink in C (src/rawdist.c), without sessions, loss handling or storage.
. "$(dirname "$0")/lib.sh"

prepare() { :; }

start() {
  local addresses=() other
  for other in $(others "$1"); do addresses+=("$(address "$other")"); done
  spawn "$1" rawdist "$RIG_BIN/rawdist" "$(address "$1")" "${addresses[@]}"
}

ready() {
  local connections
  connections=$(ip netns exec "$(namespace "$1")" ss -Htn state established '( sport = :7777 or dport = :7777 )' | wc -l)
  [ "$connections" = $((2 * (RIG_HOSTS - 1))) ]
}

version() { echo "none"; }

main "$@"
