# What asan.sh, tsan.sh and valgrind.sh share. Each builds into a folder of its own, build-<tool>/, and leaves
# build/ and build-native/ alone.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
readonly jobs=2
readonly node_gyp_build_name=CONNECT_BY_LIST_PREBUILD # As node-gyp-build documents it.

need() { # need PROGRAM PACKAGE
  command -v "$1" >/dev/null || { echo "$0: $1 is missing; on Debian and Ubuntu: install $2" >&2; exit 1; }
}

# build_native FOLDER FLAGS: the native tests, and the canary.
build_native() {
  cmake -S . -B "$1/native" -DCONNECT_BY_LIST_TESTS=ON -DCONNECT_BY_LIST_RANDOM_WORLDS=1000 -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS="$2" >/dev/null
  cmake --build "$1/native" --parallel "$jobs" >/dev/null
  # shellcheck disable=SC2086 # They are several flags.
  "${CXX:-g++}" -std=c++17 -O0 -g $2 -o "$1/canary" test/sanitizers/canary.cc -pthread
}

# build_addon FOLDER FLAGS: the addon, where node-gyp-build looks for it when it is told the folder.
build_addon() {
  cmake -S . -B "$1/addon" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS="$2" >/dev/null
  cmake --build "$1/addon" --parallel "$jobs" >/dev/null
  mkdir -p "$1/build/Release"
  cp "$1/addon/connect_by_list.node" "$1/build/Release/"
  export "$node_gyp_build_name=$PWD/$1"
}

# must_fail NAME COMMAND…: the tool has to object to the canary.
must_fail() {
  local name=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "$0: the tool did not notice: $name" >&2
    exit 1
  fi
}

# runtime NAME: the sanitizer's runtime that belongs to the compiler.
runtime() { "${CXX:-g++}" -print-file-name="lib$1.so"; }

# must_be_loaded FOLDER COMMAND…: node, run by the command, loads the addon of that folder and no other.
must_be_loaded() {
  local built=$1
  shift
  "$@" -e '
    require("./dist/native/addon").addon();
    const maps = require("node:fs").readFileSync("/proc/self/maps", "utf8");
    const loaded = new Set(maps.match(/\S*connect_by_list\S*\.node/g));
    const wanted = require("node:path").resolve(process.argv[1], "build/Release/connect_by_list.node");
    if (loaded.size !== 1 || !loaded.has(wanted)) throw new Error([...loaded].join(" "));
  ' "$built"
}
