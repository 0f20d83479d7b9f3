#!/bin/bash
# Runs ONE command as root inside a throw-away User Mode Linux kernel that has what this machine's kernel may lack:
# ipvlan, 802.1q, dummy, vrf ... The host's files are all there; what is written to them vanishes with the kernel.
#
#   umlab.sh [options] -- COMMAND [ARG...]
#     -t SECS      wall-clock bound, default 300; exit code 124 when it is hit
#     -m MEM       guest memory, default 1536M (a sparse file on /dev/shm: only touched pages cost)
#     -M "MODS"    modules to load besides the default set, e.g. "ip_tables iptable_nat xt_MASQUERADE"
#     -e VAR=VAL   add to the command's environment (repeatable)
#     -C DIR       working directory inside; default: the caller's
#     -b DIR       DIR stays the host's, writable: for results (repeatable)
#     -w           no overlay: root is the host's file system, WRITABLE (dangerous)
#     -T           a fresh tmpfs on /tmp
#     -n SOCK      eth0 is a port of the uml_switch that listens on SOCK (several guests on one segment)
#     -a MAC       eth0's address
#     -c CPU|none  the host CPU to pin to; default: an allowed one, picked at random
#     -K           keep the work directory and print its name
#     -v           show the guest kernel's messages on stderr
#
# stdout and stderr of COMMAND come back separately, byte for byte; so does its exit code (128+N for signal N).
# 125: the kernel ended before it reached the command. UMLAB_TIMES=1 prints times. Needs no root on the host.
set -u

HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)

DEFAULT_MODULES="dummy 8021q ipvlan macvlan veth bridge vrf vxlan overlay tun"

# .NET in the lab kernel: page faults and clock reads cost fifty times what they cost natively, so no write-xor-execute
# remapping, no profiling counters, no background collector. Together 10-20 % of a start. (Tiered compilation stays:
# without it everything is compiled, which is slower.)
DEFAULT_ENVIRONMENT=(
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  HOME=/root USER=root TERM=dumb LANG=C.UTF-8 UMLAB=1
  DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
  DOTNET_EnableWriteXorExecute=0 DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0
)

usage() { sed -n '2,/^set -u/{/^#/{s/^# \{0,1\}//;p}}' "$0"; }

fail() {
  echo "umlab: $*" >&2
  exit 125
}

# ---- options ---------------------------------------------------------------------------------------------------------
LIMIT=300 MEMORY=1536M MODULES="" FOLDER=$PWD WRITABLE=0 KEEP=0 VERBOSE=0 CPU="" TMPFS="" SWITCH="" MAC=""
ENVIRONMENT=() BINDS=()
while [ $# -gt 0 ]; do
  case $1 in
    -t) LIMIT=$2; shift 2 ;;
    -m) MEMORY=$2; shift 2 ;;
    -M) MODULES=$2; shift 2 ;;
    -e) ENVIRONMENT+=("$2"); shift 2 ;;
    -C) FOLDER=$2; shift 2 ;;
    -b) BINDS+=("$2"); shift 2 ;;
    -w) WRITABLE=1; shift ;;
    -T) TMPFS="umlab_tmp=1"; shift ;;
    -n) SWITCH=$2; shift 2 ;;
    -a) MAC=$2; shift 2 ;;
    -c) CPU=$2; shift 2 ;;
    -K) KEEP=1; shift ;;
    -v) VERBOSE=1; shift ;;
    -h | --help) usage; exit 0 ;;
    --) shift; break ;;
    -*) echo "umlab: no such option: $1" >&2; usage >&2; exit 2 ;;
    *) break ;;
  esac
done
if [ $# = 0 ]; then
  usage >&2
  exit 2
fi

# ---- the kernel, its modules, its first process ----------------------------------------------------------------------
KERNEL=${UMLAB_KERNEL:-$(command -v linux.uml)} || fail "no linux.uml here: apt-get install user-mode-linux"
MODULE_DIR=${UMLAB_MODULES:-$(ls -d /usr/lib/uml/modules/*/ 2>/dev/null | head -1)}
MODULE_DIR=${MODULE_DIR%/}

# Built on first use, beside its source where that is writable. mv, so that two builds at once do no harm.
INIT=$HERE/umlab-init
[ -w "$HERE" ] || INIT=${TMPDIR:-/tmp}/umlab-init-$(id -u)
if [ ! -x "$INIT" ] || [ "$HERE/umlab-init.c" -nt "$INIT" ]; then
  cc -O2 -static -Wall -o "$INIT.$$" "$HERE/umlab-init.c" || fail "umlab-init does not build: apt-get install gcc libc6-dev"
  mv "$INIT.$$" "$INIT"
fi

# ---- the work directory, which the guest sees under the same name ----------------------------------------------------
WORK=$(mktemp -d /tmp/umlab.XXXXXXXX)
mkdir "$WORK/b"

# modules.dep becomes a flat list in the order of dependencies here, since modprobe is slow in the guest.
awk -v base="$MODULE_DIR" -v want="$DEFAULT_MODULES $MODULES" -F: '
  {
    file = $1
    name = file; sub(".*/", "", name); sub("\\.ko.*", "", name); gsub("-", "_", name)
    path[name] = file; needs[file] = $2
  }
  function load(file,   list, i, n) {
    if (file in done) return
    n = split(needs[file], list, " ")
    for (i = n; i >= 1; i--) load(list[i])
    done[file] = 1
    print base "/" file (file ~ /\/dummy\.ko/ ? " numdummies=0" : "")
  }
  END {
    n = split(want, list, " ")
    for (i = 1; i <= n; i++) { name = list[i]; gsub("-", "_", name); if (name in path) load(path[name]) }
  }' "$MODULE_DIR/modules.dep" > "$WORK/insmod.list"

printf '%s\0' "$@" > "$WORK/cmd"
printf '%s\0' "${DEFAULT_ENVIRONMENT[@]}" "${ENVIRONMENT[@]+"${ENVIRONMENT[@]}"}" > "$WORK/env"
printf '%s\n' "${BINDS[@]+"${BINDS[@]}"}" > "$WORK/binds"

# ---- pinning: the UML kernel and the processes it traces hop between CPUs otherwise, 2-5 times slower when idle -------
case $CPU in
  none) PIN=() ;;
  "")
    PIN=()
    if command -v taskset > /dev/null; then
      mapfile -t ALLOWED < <(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' |
        awk -F- '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }')
      PIN=(taskset -c "${ALLOWED[RANDOM % ${#ALLOWED[@]}]}")
    fi ;;
  *) PIN=(taskset -c "$CPU") ;;
esac

# ---- run: fd 3 and 4 are the command's stdout and stderr (serial lines 1 and 2), fd 5 the kernel's console ------------
exec 3>&1 4>&2
QUIET="quiet loglevel=1"
if [ $VERBOSE = 1 ]; then
  QUIET="loglevel=7"
  exec 5>&2
else
  exec 5> "$WORK/console"
fi

# umlab-init reads its settings from its environment: the kernel hands on every word it does not know.
# shellcheck disable=SC2086
STARTED=$EPOCHREALTIME
timeout -k 5 "$LIMIT" "${PIN[@]+"${PIN[@]}"}" "$KERNEL" \
  root=/dev/root rootfstype=hostfs rootflags=/ rw mem="$MEMORY" $QUIET noreboot panic=-1 raid=noautodetect \
  umid=u uml_dir="$WORK/" init="$INIT" umlab="$WORK" umlab_rw=$WRITABLE umlab_cwd="$FOLDER" $TMPFS \
  ${SWITCH:+eth0=daemon,$MAC,unix,$SWITCH} \
  con=null ssl=null con0=null,fd:5 ssl1=null,fd:3 ssl2=null,fd:4 \
  < /dev/null > "$WORK/early" 2>&1
ENDED=$?
STOPPED=$EPOCHREALTIME

# ---- how it ended ----------------------------------------------------------------------------------------------------
if [ $ENDED = 124 ] || [ $ENDED = 137 ]; then
  CODE=124
  echo "umlab: time limit of $LIMIT s" >&2
elif [ -s "$WORK/b/rc" ]; then
  CODE=$(cat "$WORK/b/rc")
else
  CODE=125
  echo "umlab: the kernel ended ($ENDED) without reaching the command; its last lines:" >&2
  tail -15 "$WORK/early" "$WORK/console" >&2 2> /dev/null
fi

if [ -n "${UMLAB_TIMES:-}" ]; then
  echo "umlab: $(((${STOPPED/./} - ${STARTED/./}) / 1000)) ms in all;" \
    "guest: $(cat "$WORK/b/boot" 2> /dev/null), command ended at $(cat "$WORK/b/end" 2> /dev/null)" >&2
fi
if [ $KEEP = 1 ]; then
  echo "umlab: kept $WORK" >&2
else
  rm -rf "$WORK"
fi
exit "$CODE"
