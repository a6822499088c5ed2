# Sets NODE_INCLUDE_DIR to a folder with Node's headers, uv.h among them, and downloads
# nothing. The package node-api-headers is not enough: it has Node-API without libuv.
# A Node installation has the headers of every platform, so it serves a cross build too.
include_guard(GLOBAL)

function(_node_headers_find result)
  set(candidates ${CMAKE_JS_INC})
  if(DEFINED ENV{npm_config_nodedir})
    list(APPEND candidates "$ENV{npm_config_nodedir}/include/node")
  endif()

  # Where an installation of Node keeps its headers, then where node-gyp keeps those that
  # it has downloaded for this version of Node.
  execute_process(
    COMMAND node -p [[
      const { join } = require('path'), os = require('os');
      const cache = process.platform === 'win32' ? join(process.env.LOCALAPPDATA || os.homedir(), 'node-gyp', 'Cache')
        : process.platform === 'darwin' ? join(os.homedir(), 'Library', 'Caches', 'node-gyp')
        : join(process.env.XDG_CACHE_HOME || join(os.homedir(), '.cache'), 'node-gyp');
      [join(process.execPath, '..', '..', 'include', 'node'),
       join(cache, process.versions.node, 'include', 'node')].join('|').replaceAll('\\', '/')
    ]]
    OUTPUT_VARIABLE from_node OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  string(REPLACE "|" ";" from_node "${from_node}")
  list(APPEND candidates ${from_node})

  foreach(candidate IN LISTS candidates)
    if(EXISTS "${candidate}/node_api.h" AND EXISTS "${candidate}/uv.h")
      set(${result} "${candidate}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  list(JOIN candidates "\n  " looked_in)
  message(FATAL_ERROR
    "Node's headers (node_api.h and uv.h) were not found. Say where they are with "
    "-DNODE_INCLUDE_DIR=..., or have them downloaded with: npx node-gyp install\n"
    "Looked in:\n  ${looked_in}")
endfunction()

if(NOT NODE_INCLUDE_DIR)
  _node_headers_find(_node_include_dir)
  set(NODE_INCLUDE_DIR "${_node_include_dir}" CACHE PATH "Folder with Node's headers, uv.h among them" FORCE)
  unset(_node_include_dir)
endif()
if(NOT EXISTS "${NODE_INCLUDE_DIR}/node_api.h" OR NOT EXISTS "${NODE_INCLUDE_DIR}/uv.h")
  message(FATAL_ERROR "NODE_INCLUDE_DIR is \"${NODE_INCLUDE_DIR}\", where there is no node_api.h with a uv.h beside it.")
endif()
