# What the adapters have in common. Sourced; the rig says where it is: RIG_INSTANCE (a word in the names of its namespaces),
# RIG_HOSTS (how many there are), RIG_RUN (a folder for files, RIG_RUN/hN for host N), RIG (the folder of the rig), RIG_BIN (what
# it has built).
# An adapter defines prepare, start HOST and ready HOST, may define anything below anew, and ends with: main "$@".
# shellcheck shell=bash

namespace() { echo "bench-$RIG_INSTANCE-h$1"; }
folder() { echo "$RIG_RUN/h$1"; }
address() { echo "192.0.2.$1"; }
hosts() { seq 1 "$RIG_HOSTS"; }
others() { for other in $(hosts); do [ "$other" = "$1" ] || echo "$other"; done; }

# spawn HOST NAME COMMAND...: in the background, in the host's namespace, leading a process group of its own.
spawn() {
  local host=$1 name=$2 files
  files=$(folder "$host")
  shift 2
  setsid ip netns exec "$(namespace "$host")" "$@" >> "$files/$name.out" 2>&1 < /dev/null &
  echo $! > "$files/$name.pid"
}

# pids HOST: of all that was spawned there and lives; a zombie has no exe.
pids() {
  local file pid
  for file in "$(folder "$1")"/*.pid; do
    [ -f "$file" ] || continue
    read -r pid < "$file"
    [ ! -e "/proc/$pid/exe" ] || echo "$pid"
  done
}

signal() {
  local pid
  for pid in $(pids "$2"); do
    kill "-$1" -- "-$pid" 2> /dev/null || kill "-$1" "$pid" 2> /dev/null || true
  done
}

# gone HOST: waits six seconds for the host's processes to end, then ends them.
gone() {
  local tries
  for tries in $(seq 600); do
    [ -n "$(pids "$1")" ] || break
    sleep 0.01
  done
  [ -z "$(pids "$1")" ] || { signal KILL "$1"; sleep 0.1; }
  rm -f "$(folder "$1")"/*.pid
}

# until_there FILE: a socket that a process makes when it can be spoken to.
until_there() {
  local tries
  for tries in $(seq 250); do
    [ ! -e "$1" ] || return 0
    sleep 0.02
  done
}

stop() { signal TERM "$1"; gone "$1"; }
die() { signal KILL "$1"; gone "$1"; }

# announcer HOST: becomes a process that speaks the rig's line protocol; unless redefined, routes begin in the host's own kernel.
announcer() { exec "$RIG_BIN/rtbatch" -n "$(namespace "$1")" -p 77; }

# source_of_routes: kernel, if a route is first in the kernel of its own host; api, if it is told by a call.
source_of_routes() { echo kernel; }

# measured HOST: the processes whose memory and time count.
measured() { pids "$1"; }

main() {
  case $1 in
    prepare) for host in $(hosts); do mkdir -p "$(folder "$host")"; done; prepare ;;
    start | stop | die | ready | announcer | measured) "$1" "$2" ;;
    source) source_of_routes ;;
    version) version ;;
    *) echo "$0: prepare | start H | stop H | die H | ready H | announcer H | measured H | source | version" >&2; exit 2 ;;
  esac
}
