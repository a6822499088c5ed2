#!/usr/bin/env bash
# npm run test:tsan: ThreadSanitizer over the native tests, and over the suite in Node with an instrumented
# addon: environments in worker threads, and connects in many of them at once.
#
#   npm run test:tsan                    all of it
#   npm run test:tsan -- -t environments what follows goes to jest
#
# Node is not instrumented. Its locks are seen, because they are pthread's; what it does to memory by itself
# is not, and what its calls of libc do is left out (ignore_noninstrumented_modules), because without its
# atomics every such report would be a guess. No suppressions are needed beyond that. A race between two of
# our threads, or between two environments in our code, is found.
#
# Not possible: the engine 'winsock', which has threads of its own, because there is no ThreadSanitizer for
# Windows; and the tests in a network of their own, whose programs (unshare, ip) do not start with the
# runtime loaded.
set -euo pipefail
# shellcheck source=test/sanitizers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly folder=build-tsan
readonly flags='-fsanitize=thread -fno-omit-frame-pointer -g'
need setarch util-linux
# The runtime wants its place in the address space, which a random layout may have given away.
readonly fixed=(setarch "$(uname -m)" -R)

build_native "$folder" "$flags"
must_fail data-race "${fixed[@]}" "$folder/canary" data-race
# The simulations have one thread, and take their time.
"${fixed[@]}" ctest --test-dir "$folder/native" --output-on-failure --exclude-regex simulation

build_addon "$folder" "$flags"
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
options="ignore_noninstrumented_modules=1 log_path=$reports/report"
readonly in_node=(env "LD_PRELOAD=$(runtime tsan)" "TSAN_OPTIONS=$options" "${fixed[@]}" node)
must_be_loaded "$folder" "${in_node[@]}"
"${in_node[@]}" node_modules/jest/bin/jest.js --runInBand "$@" --testPathIgnorePatterns /windows/ /package/ /clients/ /namespace
if [[ -n $(ls "$reports") ]]; then
  cat "$reports"/* >&2
  exit 1
fi
