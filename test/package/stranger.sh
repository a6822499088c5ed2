#!/usr/bin/env bash
# The README's commands on a machine with nothing but Node and npm: a Debian without a compiler, without make,
# without Python and without a network. The Debian and npm's cache are kept outside of the repository.
#
#   test/package/stranger.sh    Debian or Ubuntu, root; debootstrap and iproute2
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly suite=bookworm

say() { printf 'stranger: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# The second half of this file, run by the first one in namespaces of its own, which nothing outlives.
visit() {
  local root=$1
  ip link set lo up
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  # shellcheck disable=SC2016 # What is in the quotes is for the shell inside.
  exec timeout -s KILL 900 chroot "$root" /usr/bin/env -i \
    PATH=/usr/local/bin:/usr/bin:/bin HOME=/root LC_ALL=C.UTF-8 \
    npm_config_offline=true npm_config_cache=/npm-cache npm_config_audit=false npm_config_update_notifier=false \
    npm_config_registry="$2" /bin/bash -euc '
      for tool in c++ cc clang g++ gcc make python python3; do
        if command -v $tool; then exit 1; fi
      done

      cd /checkout
      echo "+ $(cat /command)"
      eval "$(cat /command)"
      test ! -e build

      mkdir /app && cd /app && npm init -y >/dev/null
      echo "+ npm install --ignore-scripts connect-by-list"
      npm install --ignore-scripts /connect-by-list.tgz
      mv /sample.mjs . && node sample.mjs
    '
}

if [[ ${1-} == --visit ]]; then
  visit "$2" "$3"
  exit
fi
[[ $# -eq 0 ]] || fail 'stranger.sh takes no arguments.'
[[ $EUID -eq 0 ]] || fail 'It needs root, for debootstrap, chroot and namespaces: run it with sudo.'
for tool in debootstrap ip unshare chroot npm node tar git; do
  command -v "$tool" >/dev/null || fail "The command \"$tool\" is missing. On Debian or Ubuntu: apt-get install debootstrap iproute2 git"
done

cache=${CONNECT_BY_LIST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/connect-by-list}
mkdir -p "$cache"
debian=$cache/stranger-$suite
npm_cache=$cache/stranger-npm
exec 9>"$cache/stranger.lock"
flock 9

if [[ ! -d $debian ]]; then
  say "making a Debian $suite root"
  rm -rf "$debian.building"
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
    debootstrap --variant=minbase "$suite" "$debian.building" >&2 || fail 'debootstrap failed.'
  mv "$debian.building" "$debian"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root
cp -a --reflink=auto "$debian" "$root"

# Node and npm as this machine has them, and nothing else of it.
npm_folder=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
mkdir -p "$root/usr/local/bin" "$root/usr/local/lib/node_modules" "$root/checkout"
cp "$(node -p process.execPath)" "$root/usr/local/bin/node"
cp -a "$npm_folder" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"

# debootstrap leaves that to whoever configures the network.
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"

git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -c | tar -x -C "$root/checkout"
[[ -s $root/checkout/prebuilds/manifest.json ]] || fail 'prebuilds/ is empty: npm run prebuilds'

node packaging/headers.mjs
tarball=$(npm pack --ignore-scripts --silent --pack-destination "$scratch")
mv "$scratch/$tarball" "$root/connect-by-list.tgz"

# What npm would fetch, fetched here: the visit has no network.
mkdir "$scratch/checkout" "$scratch/app"
cp package.json package-lock.json .npmrc "$scratch/checkout"
fetch=(--ignore-scripts --prefer-offline --no-audit --cache "$npm_cache")
(cd "$scratch/checkout" && npm ci "${fetch[@]}" >/dev/null)
(cd "$scratch/app" && npm install "${fetch[@]}" "$root/connect-by-list.tgz" >/dev/null)
cp -a --reflink=auto "$npm_cache" "$root/npm-cache"

node test/package/stranger.mjs "$root"

registry=$(npm config get registry)
unshare --mount --net --pid --fork --kill-child "$0" --visit "$root" "$registry"
say 'passed'
