# The addon itself, for cmake-js. The same sources as in binding.gyp.

include(${CMAKE_CURRENT_LIST_DIR}/node-headers.cmake)
execute_process(
  COMMAND node -p "require('node-addon-api').include_dir.replaceAll('\\\\', '/')"
  WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
  OUTPUT_VARIABLE NODE_ADDON_API_DIR OUTPUT_STRIP_TRAILING_WHITESPACE)
cmake_path(ABSOLUTE_PATH NODE_ADDON_API_DIR BASE_DIRECTORY "${CMAKE_SOURCE_DIR}" NORMALIZE)

add_library(connect_by_list MODULE
  src-native/addon/binding.cc
  src-native/addon/race_binding.cc
  src-native/addon/environment.cc
  src-native/addon/service.cc
  src-native/addon/values.cc
  src-native/loop/loop_handles.cc
  src-native/loop/uv_system.cc)
if(WIN32)
  target_sources(connect_by_list PRIVATE
    src-native/winsock/address_list.cc
    src-native/winsock/binding.cc
    src-native/winsock/canceller.cc
    src-native/winsock/connect_by_list.cc
    src-native/winsock/connect_by_name.cc
    src-native/winsock/connect_worker.cc
    src-native/winsock/thread_pool_slot.cc
    src-native/winsock/winsock_call.cc
    src-native/winsock/winsock_calls.cc)
else()
  target_sources(connect_by_list PRIVATE src-native/posix/no_platform_engine.cc)
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
