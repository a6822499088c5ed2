#!/usr/bin/env bash
# npm run test:asan: AddressSanitizer and UndefinedBehaviorSanitizer over the native tests, and over the whole
# suite in Node with an instrumented addon; LeakSanitizer over the native tests, and over connects of every
# kind in Node. Node itself is not instrumented: what is allocated and freed is seen all the same, and every
# access by our own code.
set -euo pipefail
# shellcheck source=test/sanitizers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly folder=build-asan
readonly flags='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -g'
export UBSAN_OPTIONS=print_stacktrace=1

build_native "$folder" "$flags"
for wrong in use-after-free leak overflow; do must_fail "$wrong" "$folder/canary" "$wrong"; done
CONNECT_BY_LIST_WORLDS=20000 ctest --test-dir "$folder/native" --output-on-failure --parallel $jobs

build_addon "$folder" "$flags"
# Of the process as a whole: Node leaves memory behind at process.exit(), as it may, and so do the programs
# that the tests start.
without_leaks=(env "LD_PRELOAD=$(runtime asan) $(runtime ubsan)" ASAN_OPTIONS=detect_leaks=0)
with_leaks=(env "LD_PRELOAD=$(runtime asan) $(runtime ubsan)" ASAN_OPTIONS=detect_leaks=1)
must_be_loaded "$folder" "${without_leaks[@]}" node
"${without_leaks[@]}" node node_modules/jest/bin/jest.js --maxWorkers=$jobs "$@"

# A process that comes to its end by itself has freed everything of ours.
LEAKS_MEMORY=no "${with_leaks[@]}" node --expose-gc test/leaks/run.mjs 2000
