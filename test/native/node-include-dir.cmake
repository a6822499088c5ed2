# Says where Node's headers are, for lint.sh: cmake -P node-include-dir.cmake
include("${CMAKE_CURRENT_LIST_DIR}/../../cmake/node-headers.cmake")
message(STATUS "${NODE_INCLUDE_DIR}")
