# target_link_node_delay_load(<target>) makes <target>, built for Windows, find Node-API
# and libuv in the executable that loads it.
#
# On Windows an import names the module that it comes from, and for an addon that is
# "node.exe". Linked in the plain way, it would not load into Electron or into a renamed
# node.exe. Linked for delayed loading, the name is looked up at the first call, and
# delay_load_hook.cc then answers with the running executable, whatever its name is.
#
# cmake-js brings an import library and a hook of its own when it runs on Windows
# (CMAKE_JS_LIB, CMAKE_JS_SRC). They know Node-API only, not libuv: use this instead of
# them, not beside them.
include_guard(GLOBAL)

set(_NODE_DELAY_LOAD_UV_NAMES "${CMAKE_CURRENT_LIST_DIR}/uv-names.def")
set(_NODE_DELAY_LOAD_HOOK "${CMAKE_CURRENT_LIST_DIR}/../src-native/winsock/delay_load_hook.cc")

# The list of Node-API's names, from the npm package node-api-headers.
function(_node_delay_load_find_names)
  if(NOT NODE_API_DEF)
    execute_process(
      COMMAND node -p "require('node-api-headers').def_paths.node_api_def.replaceAll('\\\\', '/')"
      WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
      OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    set(NODE_API_DEF "${found}" CACHE FILEPATH "node_api.def of the npm package node-api-headers" FORCE)
  endif()
  if(NOT EXISTS "${NODE_API_DEF}")
    message(FATAL_ERROR
      "There is no node_api.def at \"${NODE_API_DEF}\". Install the npm package node-api-headers, "
      "or say where the file is with -DNODE_API_DEF=...")
  endif()
endfunction()

# One import library serves every target of a build.
function(_node_delay_load_make_library)
  _node_delay_load_find_names()
  set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS "${NODE_API_DEF}" "${_NODE_DELAY_LOAD_UV_NAMES}")
  file(STRINGS "${NODE_API_DEF}" names REGEX "^[a-z_0-9]+$")
  file(STRINGS "${_NODE_DELAY_LOAD_UV_NAMES}" uv_names REGEX "^uv_[a-z_0-9]+$")
  list(APPEND names ${uv_names})
  list(JOIN names "\n" lines)
  set(def "${CMAKE_BINARY_DIR}/node-delay-load.def")
  file(CONFIGURE OUTPUT "${def}" CONTENT "LIBRARY node.exe\nEXPORTS\n@lines@\n" @ONLY)

  if(MSVC)
    set(library "${CMAKE_BINARY_DIR}/node-delay-load.lib")
    if(CMAKE_SIZEOF_VOID_P EQUAL 4)
      set(machine x86)
    elseif(CMAKE_CXX_COMPILER_ARCHITECTURE_ID MATCHES "ARM64")
      set(machine arm64)
    else()
      set(machine x64)
    endif()
    set(command "${CMAKE_AR}" /nologo "/def:${def}" "/out:${library}" "/machine:${machine}")
  else()
    set(library "${CMAKE_BINARY_DIR}/libnode-delay-load.a")
    # --kill-at: names on 32 bit x86 are exported without the "@size" that some of them
    # are linked by.
    set(command "${CMAKE_DLLTOOL}" --input-def "${def}" --dllname node.exe
      --output-delaylib libnode-delay-load.a)
    if(CMAKE_SIZEOF_VOID_P EQUAL 4)
      list(APPEND command --kill-at)
    endif()
  endif()
  # dlltool puts its intermediate files into the current directory. It also makes symbols of
  # the name that its output is given, which is therefore a name without a path: the addon
  # must not depend on where it was built.
  # It also adds to a library that is there: what an older list of names has left in it would make
  # addons that crash when they are loaded.
  add_custom_command(OUTPUT "${library}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${library}" COMMAND ${command} DEPENDS "${def}"
    WORKING_DIRECTORY "${CMAKE_BINARY_DIR}" VERBATIM)
  add_custom_target(node-delay-load DEPENDS "${library}")
  set_property(TARGET node-delay-load PROPERTY NODE_DELAY_LOAD_LIBRARY "${library}")
endfunction()

function(target_link_node_delay_load target)
  if(NOT WIN32)
    message(FATAL_ERROR "target_link_node_delay_load is for Windows: elsewhere an addon's missing names come from the host without help.")
  endif()
  if(NOT TARGET node-delay-load)
    _node_delay_load_make_library()
  endif()
  get_property(library TARGET node-delay-load PROPERTY NODE_DELAY_LOAD_LIBRARY)

  add_dependencies(${target} node-delay-load)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${library}")
  target_sources(${target} PRIVATE "${_NODE_DELAY_LOAD_HOOK}")
  target_link_libraries(${target} PRIVATE "${library}" delayimp ws2_32)
  if(MSVC)
    target_link_options(${target} PRIVATE /DELAYLOAD:node.exe)
  else()
    # -static: nobody who installs the addon has mingw-w64's own DLLs. No timestamp: the
    # same sources then give the same file, which CI checks.
    target_link_options(${target} PRIVATE -static -Wl,--no-insert-timestamp)
    # cmake-js defines this for every compile. Node's headers then declare Node-API as dllimport, whose
    # calls go through the import table directly; with dlltool's delay-load library for 32 bit x86 the
    # first such call jumps to where nothing is (seen with binutils 2.40).
    target_compile_options(${target} PRIVATE -UBUILDING_NODE_EXTENSION)
  endif()
endfunction()
