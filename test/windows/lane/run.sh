#!/usr/bin/env bash
# Runs one of Windows' own node.exe under Wine, with a folder of this machine as
# its current directory:
#
#   run.sh [--as NAME.exe] [--node-modules DIR] [--core N] NODE STAGE -- ARGS...
#
#   NODE                node-20-x64, node-22-x64, node-24-x64, node-26-x64 or node-22-ia32
#   STAGE               seen inside as Z:\stage, writable, and the current directory
#   --as NAME.exe       runs a copy of node.exe under that name, as Electron's host is one
#   --node-modules DIR  seen inside as Z:\node_modules, read-only, where Node looks after Z:\stage\node_modules
#   --core N            runs everything on that processor core; default: on all. Every call of Windows' is a
#                       question to Wine's server, and waking that on another core costs more than the question
#   LANE_ENV            names of environment variables to pass on, with spaces between; no others are
#   LANE_TIMEOUT        seconds until everything in the run is ended and 124 is returned; default 1800
#
# The exit code is node.exe's, of which a Unix process can carry the lowest 8 bits;
# where these are 0 and the rest is not, Wine makes it 1.
#
# A run has namespaces of its own and what it changes outside STAGE is thrown
# away, so runs do not see each other, one after the other or side by side. No
# process outlives its run, Wine's server included. The only network is loopback.
set -euo pipefail

say() { printf 'windows lane: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
self=$here/$(basename "${BASH_SOURCE[0]}")

# The second half of this file, run by the first one as process 1 of new
# namespaces. The root is never written to: what Wine and node.exe write is
# caught by an overlay in memory.
inside() {
  local scratch=$1 root=$2 exe=$3 name=$4 stage=$5 node_modules=$6
  shift 6

  mount -t tmpfs tmpfs "$scratch"
  mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
  root=$scratch/root
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind "$stage" "$root/stage"
  if [[ -n $node_modules ]]; then
    mount --bind "$node_modules" "$root/node_modules"
    mount -o remount,bind,ro "$root/node_modules"
  fi
  cp "$exe" "$root/node/$name"

  # Wine asks the root's resolver, which has nobody else to ask.
  printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
  # Bringing it up gives loopback both its IPv4 and its IPv6 address.
  chroot "$root" /usr/sbin/ip link set lo up

  local -a passed=()
  local variable
  for variable in ${LANE_ENV-}; do
    if [[ -v $variable ]]; then passed+=("$variable=${!variable}"); fi
  done

  # env's own --chdir, since chroot always starts in the root's top folder.
  exec chroot "$root" /usr/bin/env -i --chdir=/stage \
    PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
    WINEPREFIX=/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=' \
    "${passed[@]}" \
    timeout --signal=KILL "${LANE_TIMEOUT:-1800}" lane-wine "Z:\\node\\$name" "$@" </dev/null
}

if [[ ${1-} == --inside ]]; then
  shift
  inside "$@"
fi

usage='Usage: run.sh [--as NAME.exe] [--node-modules DIR] [--core N] NODE STAGE -- ARGS...'
name=node.exe
node_modules=
on_core=()
while [[ ${1-} == --* ]]; do
  [[ $# -ge 2 ]] || fail "$usage"
  case $1 in
    --as) name=$2 ;;
    --node-modules) node_modules=$(cd "$2" && pwd) || fail "The folder \"$2\" is not there." ;;
    --core) on_core=(taskset --cpu-list "$2") ;;
    *) fail "$usage" ;;
  esac
  shift 2
done
[[ $# -ge 3 && $3 == -- ]] || fail "$usage"
[[ $name == *.exe && $name != */* ]] || fail "The name after --as must be like \"electron.exe\", not \"$name\"."
stage=$(cd "$2" && pwd) || fail "The stage \"$2\" is not a folder."
limit=${LANE_TIMEOUT:-1800}
[[ $limit =~ ^[1-9][0-9]*$ ]] || fail "LANE_TIMEOUT must be a whole number of seconds, not \"$limit\"."
chosen=$1
shift 3

places=$("$here/root.sh") || fail 'The lane could not be made.'
root=${places##*$'\n'}
exe=${places%%$'\n'*}/node_modules/$chosen/bin/node.exe
[[ -f $exe ]] || fail "There is no \"$chosen\"; there are node-20-x64, node-22-x64, node-24-x64, node-26-x64 and node-22-ia32."

scratch=$(mktemp -d -t connect-by-list-lane.XXXXXX)
started=
followers=()
# shellcheck disable=SC2317 # It is called, by the trap.
clean_up() {
  # Ending unshare ends process 1 of its namespace, and that everything in it.
  if [[ -n $started ]]; then kill -KILL "$started" 2>/dev/null || true; fi
  { wait; } 2>/dev/null # Without bash's own word on what was killed.
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Windows' node.exe fails with EBADF when stdout or stderr is a pipe here, which
# is why it writes to files, and tail carries these over to our own.
mkdir "$scratch/mnt"
: >"$scratch/stdout"
: >"$scratch/stderr"
# setpriv: should this script be killed outright, then so are the run and the tails.
setpriv --pdeathsig KILL "${on_core[@]}" \
  unshare --mount --pid --net --ipc --fork --kill-child \
  "$self" --inside "$scratch/mnt" "$root" "$exe" "$name" "$stage" "$node_modules" "$@" \
  >>"$scratch/stdout" 2>>"$scratch/stderr" </dev/null &
started=$!
begin=$SECONDS
setpriv --pdeathsig KILL tail -c +1 -f -s 0.1 --pid="$started" "$scratch/stdout" & followers+=("$!")
setpriv --pdeathsig KILL tail -c +1 -f -s 0.1 --pid="$started" "$scratch/stderr" >&2 & followers+=("$!")

code=0
wait "$started" || code=$?
started=
wait "${followers[@]}" || true
# "timeout" says 137 both for its own KILL and for somebody else's.
if [[ $code -eq 137 && $((SECONDS - begin)) -ge $limit ]]; then
  say "ended after $limit seconds"
  code=124
fi
exit "$code"
