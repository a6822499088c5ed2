#!/usr/bin/env bash
# npm run test:valgrind: valgrind's memcheck over the native tests. The million simulated races are left to the
# sanitizers: valgrind is fifty times slower, and the properties go the same ways.
set -euo pipefail
# shellcheck source=test/sanitizers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly folder=build-valgrind
need valgrind valgrind
build_native "$folder" '-g -O1'

readonly memcheck=(valgrind --quiet --error-exitcode=9 --leak-check=full '--errors-for-leak-kinds=definite,possible')
for wrong in use-after-free leak; do must_fail "$wrong" "${memcheck[@]}" "$folder/canary" "$wrong"; done
export RC_PARAMS=max_success=200
readonly tests=(address_test socket_ops_test race_test race_properties_test)
for name in "${tests[@]}"; do
  "${memcheck[@]}" "$folder/native/test/native/$name"
done
echo "valgrind: ${#tests[@]} passed, 0 failed, 0 skipped"
