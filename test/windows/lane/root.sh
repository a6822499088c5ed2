#!/usr/bin/env bash
# Makes what the Windows lane runs in, and prints where it is: on stdout the
# folder with the Windows builds of node.exe, then, as the last line, the Debian
# root with Wine in it. Everything else that is said goes to stderr.
#
# Both live in a cache folder outside the repository. Their names carry a hash
# of what they were made from, so a change here makes a new one and an unchanged
# one is found again at once.
#
# On a kernel that runs no 32-bit programs (i386.sh) the root has the 64-bit half
# of Wine alone, and runs Windows' programs for x64 only.
#
# The root is Debian 13's because Wine 10 is the first in Debian that runs Node
# 24 and 26. It does not matter which Linux this is run on, as long as it has
# debootstrap and lets root make namespaces.
set -euo pipefail

readonly suite=trixie

say() { printf 'windows lane: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
self=$here/$(basename "${BASH_SOURCE[0]}")
# shellcheck source=test/windows/lane/i386.sh
. "$here/i386.sh"

# The second half of this file, run by the first one in namespaces of its own:
# whatever is mounted for the build, by debootstrap too, is gone when it ends,
# also when it is broken off. What was left behind can then be removed safely.
build_root() {
  local root=$1 words=$2
  say "making a Debian $suite root"
  debootstrap --variant=minbase "$suite" "$root" >&2

  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  say "installing Wine, $words bit"
  # shellcheck disable=SC2016 # The shell inside expands it.
  chroot "$root" /usr/bin/env -i \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
    WORDS="$words" /bin/sh -eu -c '
      wine32=
      if [ "$WORDS" = "64 and 32" ]; then
        dpkg --add-architecture i386
        wine32=wine32:i386
      fi
      apt-get -q update
      apt-get -q install -y --no-install-recommends wine wine64 $wine32 iproute2
      apt-get clean
      rm -rf /var/lib/apt/lists/*
      mkdir /stage /wine /node /node_modules
      # What starts a program, whichever halves of Wine there are.
      if [ "$WORDS" = "64 and 32" ]; then
        ln -s /usr/bin/wine /usr/local/bin/lane-wine
        ln -s /usr/bin/wineserver /usr/local/bin/lane-wineserver
      else
        printf "#!/bin/sh\nWINESERVER=/usr/lib/wine/wineserver64 exec /usr/lib/wine/wine64 \"\$@\"\n" \
          >/usr/local/bin/lane-wine
        chmod 755 /usr/local/bin/lane-wine
        ln -s /usr/lib/wine/wineserver64 /usr/local/bin/lane-wineserver
      fi
    ' >&2 </dev/null

  # One prefix serves both word sizes. Node 20 and newer refuse to start on a
  # Windows older than 10. Mono and Gecko are switched off, since Wine would
  # otherwise offer to download them; so is the search for a display, which there
  # is not. The prefix is only complete once the server has written the registry
  # to disk, which is what "wineserver -w" waits for.
  say 'initialising the Wine prefix'
  # shellcheck disable=SC2016 # The shell inside expands it.
  chroot "$root" /usr/bin/env -i \
    PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
    WINEPREFIX=/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=' \
    WORDS="$words" /bin/sh -eu -c '
      lane-wine wineboot -i
      lane-wine winecfg -v win10
      lane-wine reg add "HKCU\\Software\\Wine\\Drivers" /v Graphics /d null /f
      lane-wineserver -w
      test -s /wine/system.reg
      # What 32-bit programs of Windows are run with.
      test "$WORDS" = 64 || test -d /wine/drive_c/windows/syswow64
    ' >&2 </dev/null
}

if [[ ${1-} == --build-root ]]; then
  build_root "$2" "$3"
  exit
fi
[[ $# -eq 0 ]] || fail 'root.sh takes no arguments.'

[[ $(uname -s) == Linux && $(uname -m) == x86_64 ]] || fail 'The lane runs on x86-64 Linux only.'
[[ $EUID -eq 0 ]] || fail 'The lane needs root, for debootstrap, chroot and mounts: run it with sudo.'
for tool in flock setpriv unshare chroot sha256sum npm; do
  command -v "$tool" >/dev/null || fail "The lane needs the command \"$tool\", which is not there."
done

cache=${CONNECT_BY_LIST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/connect-by-list}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
case $(runs_i386_programs) in
  yes) words='64 and 32' ;;
  no) words=64 ;;
  *) fail 'It cannot be told whether this kernel runs 32-bit programs.' ;;
esac
root=$cache/wine-lane-${words// /-}-$(cat "$self" "$here/i386.sh" | sha256sum | cut -c1-12)
node=$cache/windows-node-$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-12)

show() { printf '%s\n%s\n' "$node" "$root"; }
if [[ -d $root && -d $node ]]; then
  show
  exit
fi

# The lock is inherited by everything started below, so it is free only when all
# of that has ended. Half-made folders found under it are therefore nobody's.
exec 9>"$cache/wine-lane.lock"
if ! flock -n 9; then
  say 'waiting for another run that is making the lane'
  flock 9
fi

if [[ ! -d $root ]]; then
  if ! command -v debootstrap >/dev/null; then
    command -v apt-get >/dev/null || fail 'The lane needs debootstrap, and there is no apt-get here to install it.'
    say 'installing debootstrap'
    { apt-get -q update && apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends debootstrap debian-archive-keyring; } >&2 ||
      fail 'debootstrap is missing and apt-get could not install it.'
  fi
  building=$root.building
  rm -rf "$building"
  # setpriv: should this script be killed outright, then so is the build.
  if ! setpriv --pdeathsig KILL \
    unshare --mount --pid --fork --kill-child "$self" --build-root "$building" "$words"; then
    fail "The Debian root with Wine could not be made; what came of it is in $building."
  fi
  mv "$building" "$root"
fi

if [[ ! -d $node ]]; then
  say "installing Windows' node.exe in every version"
  building=$node.building
  rm -rf "$building"
  mkdir "$building"
  cp "$here/package.json" "$here/package-lock.json" "$building"
  # The packages say that they are for Windows, and each wants to be "node" in
  # .bin: --force is for the first, --no-bin-links for the second.
  (cd "$building" && npm ci --force --ignore-scripts --no-bin-links --no-audit --no-fund) >&2 ||
    fail "Windows' node.exe could not be installed from npm."
  for exe in node-20-x64 node-22-x64 node-24-x64 node-26-x64 node-22-ia32; do
    [[ -s $building/node_modules/$exe/bin/node.exe ]] || fail "npm installed $exe without a bin/node.exe."
  done
  mv "$building" "$node"
fi

show
