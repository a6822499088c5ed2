#!/usr/bin/env bash
# Has clang read everything that Windows compiles: nothing that only gcc, or only one compiler, takes. The
# headers are mingw-w64's, with what Microsoft's do otherwise in msvc-like/; Microsoft's own are not available
# outside of Windows. The definitions are those of binding.gyp: what is missing there is missing here.
# On Debian and Ubuntu: install clang and g++-mingw-w64-x86-64-posix.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

node_headers="$(cmake -P test/native/node-include-dir.cmake)"
node_headers="${node_headers##*-- }"
node_addon_api="$(node -p "require('node-addon-api').include_dir")"
cpp_headers="$(x86_64-w64-mingw32-g++-posix -print-file-name=include)/c++"

mapfile -t definitions < <(node test/windows/definitions.mjs)

find src-native test/windows/stand-in -path src-native/posix -prune -o -name '*.cc' -print0 |
  xargs -0 -P 2 -I{} clang++ --target=x86_64-w64-windows-gnu -fsyntax-only \
    -std=c++17 -Wall -Wextra -Wpedantic -Wgnu -Wmicrosoft -Werror \
    "${definitions[@]}" \
    -Isrc-native -isystem test/windows/msvc-like -isystem "$cpp_headers" -isystem "$cpp_headers/x86_64-w64-mingw32" \
    -isystem /usr/x86_64-w64-mingw32/include \
    -isystem "$node_headers" -isystem "$node_addon_api" {}

# The C in the documentation.
awk '/^```$/ { inside = 0 } inside; /^```c$/ { inside = 1 }' docs/migration.md |
  clang --target=x86_64-w64-windows-gnu -fsyntax-only -std=c17 -Wall -Wextra -Wpedantic -Werror \
    -D_WIN32_WINNT=0x0A00 -isystem /usr/x86_64-w64-mingw32/include -x c -
echo "clang, for Windows: passed"
