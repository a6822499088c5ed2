# The addon itself, for cmake-js.

include(${CMAKE_CURRENT_LIST_DIR}/node-headers.cmake)
execute_process(
  COMMAND node -p "require('node-addon-api').include_dir.replaceAll('\\\\', '/')"
  WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
  OUTPUT_VARIABLE NODE_ADDON_API_DIR OUTPUT_STRIP_TRAILING_WHITESPACE)
cmake_path(ABSOLUTE_PATH NODE_ADDON_API_DIR BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" NORMALIZE)

add_library(connect_by_list MODULE ${addon_sources})
if(WIN32)
  target_sources(connect_by_list PRIVATE ${windows_addon_sources})
else()
  target_sources(connect_by_list PRIVATE ${posix_addon_sources})
endif()
set_target_properties(connect_by_list PROPERTIES PREFIX "" SUFFIX ".node")
target_compile_definitions(connect_by_list PRIVATE
  NAPI_VERSION=8
  NAPI_DISABLE_CPP_EXCEPTIONS
  NODE_ADDON_API_DISABLE_DEPRECATED
  NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED
  NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
  NODE_GYP_MODULE_NAME=connect_by_list)
# SYSTEM: their warnings are not ours.
target_include_directories(connect_by_list SYSTEM PRIVATE ${NODE_INCLUDE_DIR} ${NODE_ADDON_API_DIR})
target_link_libraries(connect_by_list PRIVATE core hardening warnings)
if(NOT MSVC)
  target_link_options(connect_by_list PRIVATE $<$<CONFIG:Release>:-s>)
endif()

if(WIN32)
  include(${CMAKE_CURRENT_LIST_DIR}/node-delay-load.cmake)
  target_link_node_delay_load(connect_by_list)
  if(CONNECT_BY_LIST_STAND_IN)
    add_subdirectory(test/windows/stand-in)
  endif()
endif()
