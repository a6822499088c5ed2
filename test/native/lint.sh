#!/usr/bin/env bash
# Checks the form of all C++ code, and runs clang-tidy over what compiles on this platform.
# With --fix it puts the form right first.
# On Debian and Ubuntu: install clang-format, clang-tidy, doctest-dev and librapidcheck-dev.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly jobs=2

for tool in clang++ clang-format clang-tidy cmake node; do
  if ! command -v "$tool" >/dev/null; then
    echo "lint.sh: $tool is missing" >&2
    exit 1
  fi
done

sources() {
  find src-native bench test/faults test/fuzz test/native test/sanitizers test/windows -name node_modules -prune \
    -o \( -name '*.cc' -o -name '*.h' -o -name '*.c' \) -print0
}

if [[ "${1:-}" == --fix ]]; then
  sources | xargs -0 clang-format -i
fi
if ! sources | xargs -0 clang-format --dry-run -Werror; then
  echo "clang-format: failed; test/native/lint.sh --fix puts it right" >&2
  exit 1
fi
echo "clang-format: passed"

# cmake says it as "-- <folder>".
node_headers="$(cmake -P test/native/node-include-dir.cmake)"
node_headers="${node_headers##*-- }"
node_addon_api="$(node -p "require('node-addon-api').include_dir")"

# The flags of all our builds in one, so that no build has to come first.
flags=(
  -std=c++17 -Wall -Wextra -Wpedantic
  -Isrc-native -Itest/fuzz -Itest/native
  -isystem "$node_headers" -isystem "$node_addon_api"
  -DNAPI_VERSION=8 -DNAPI_DISABLE_CPP_EXCEPTIONS -DNODE_ADDON_API_DISABLE_DEPRECATED
  -DNODE_GYP_MODULE_NAME=connect_by_list
)

# What is for another platform needs that platform's headers.
others=(-path src-native/winsock)
if [[ "$(uname)" == Darwin ]]; then
  others+=(-o -path src-native/posix/linux -o -path test/faults)
else
  others+=(-o -path src-native/posix/bsd)
fi

# What has passed once passes again: a file is left out while everything that clang-tidy reads of it, its headers
# and comments included, is as it was.
passed="${XDG_CACHE_HOME:-$HOME/.cache}/connect-by-list/clang-tidy"
mkdir -p "$passed"
tool="$(clang-tidy --version; cat .clang-tidy)"
export passed tool

# shellcheck disable=SC2317 # It is called, by xargs.
check() {
  set -euo pipefail
  local file=$1 key
  shift
  # The same in every checkout: where this one is does not count.
  key="$({ printf '%s\n' "$tool" "$*"; clang++ -E -dD -CC "$@" "$file"; } | sed "s#$PWD/##g" | sha256sum)"
  key="${key%% *}"
  if [[ -e "$passed/$key" ]]; then return; fi
  clang-tidy --quiet "$file" -- "$@"
  touch "$passed/$key"
  echo "clang-tidy: $file"
}
export -f check

find src-native test/faults test/fuzz test/native bench/herd \( "${others[@]}" \) -prune -o -name '*.cc' -print0 |
  xargs -0 -P "$jobs" -I{} bash -c 'check "$@"' check {} "${flags[@]}" 2> >(
    # How many warnings the headers of others would give is no news.
    grep -Ev ' warnings? generated\.$' >&2
  )
echo "clang-tidy: passed"
