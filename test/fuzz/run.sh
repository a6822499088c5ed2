#!/usr/bin/env bash
# npm run fuzz -- SECONDS: libFuzzer with AddressSanitizer and UndefinedBehaviorSanitizer on what src-native/core
# reads and on the race, for so many seconds each (default 60). It begins with the inputs in corpus/, which all
# have to pass, and leaves what it found of interest in build-fuzz/.
#
#   npm run fuzz -- 600 keep     adds to corpus/ what reaches more of the code
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "$0: \"$seconds\" is no number of seconds" >&2; exit 1; }
command -v clang++ >/dev/null || { echo "$0: clang++ is missing; on Debian and Ubuntu: install clang" >&2; exit 1; }

readonly folder=build-fuzz corpus=test/fuzz/corpus
readonly flags=(-std=c++17 -O1 -g -Wall -Wextra -Werror '-fsanitize=fuzzer,address,undefined'
  -fno-sanitize-recover=all -Isrc-native -Itest/native -Itest/fuzz)
core=(src-native/core/*.cc src-native/race/*.cc src-native/posix/socket_ops.cc src-native/posix/linux/new_socket.cc src-native/posix/linux/share_local_port.cc)
declare -A sources=(
  [address]="test/fuzz/address_fuzz.cc"
  [world]="test/fuzz/world_fuzz.cc test/native/race_rules.cc test/native/simulated_loop.cc test/native/simulated_world.cc"
  [input]="test/fuzz/input_fuzz.cc"
)

for name in address world input; do
  mkdir -p "$folder/$name" "$corpus/$name"
  # shellcheck disable=SC2086 # They are several files.
  clang++ "${flags[@]}" -o "$folder/$name-fuzz" ${sources[$name]} "${core[@]}"
  options=(-max_len=512 -timeout=10 -rss_limit_mb=1024 "-artifact_prefix=$folder/$name-" -print_final_stats=1)
  if ! "$folder/$name-fuzz" "${options[@]}" "-max_total_time=$seconds" "$folder/$name" "$corpus/$name" \
    >"$folder/$name.log" 2>&1; then
    tail -n 60 "$folder/$name.log" >&2
    exit 1
  fi
  executed=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$folder/$name.log")
  covered=$(grep -oE 'cov: [0-9]+' "$folder/$name.log" | tail -n 1)
  echo "fuzz: $name: $executed inputs in $seconds s, $covered"
  if [[ ${2-} == keep ]]; then
    kept=$(mktemp -d)
    "$folder/$name-fuzz" "${options[@]}" -set_cover_merge=1 "$kept" "$corpus/$name" "$folder/$name" >"$folder/$name.log" 2>&1
    rm -rf "${corpus:?}/$name"
    mv "$kept" "$corpus/$name"
    chmod 755 "$corpus/$name"
  fi
done
echo 'fuzz: 3 passed, 0 failed, 0 skipped'
