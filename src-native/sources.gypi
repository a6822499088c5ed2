{
  "variables": {
    "core_sources": [
      "src-native/core/address.cc",
      "src-native/core/race.cc",
      "src-native/race/race_call.cc"
    ],
    "addon_sources": [
      "src-native/addon/binding.cc",
      "src-native/addon/race_binding.cc",
      "src-native/addon/environment.cc",
      "src-native/addon/service.cc",
      "src-native/addon/values.cc",
      "src-native/loop/loop_handles.cc",
      "src-native/loop/uv_system.cc"
    ],
    "windows_core_sources": [
      "src-native/winsock/services.cc",
      "src-native/winsock/socket_ops.cc"
    ],
    "windows_addon_sources": [
      "src-native/winsock/address_list.cc",
      "src-native/winsock/binding.cc",
      "src-native/winsock/canceller.cc",
      "src-native/winsock/connect_by_list.cc",
      "src-native/winsock/connect_by_name.cc",
      "src-native/winsock/connect_worker.cc",
      "src-native/winsock/thread_pool_slot.cc",
      "src-native/winsock/winsock_call.cc",
      "src-native/winsock/winsock_calls.cc"
    ],
    "posix_core_sources": [
      "src-native/posix/socket_ops.cc"
    ],
    "posix_addon_sources": [
      "src-native/posix/no_platform_engine.cc"
    ],
    "linux_core_sources": [
      "src-native/posix/linux/new_socket.cc",
      "src-native/posix/linux/share_local_port.cc",
      "src-native/posix/linux/services.cc"
    ],
    "android_core_sources": [
      "src-native/posix/linux/new_socket.cc",
      "src-native/posix/linux/share_local_port.cc",
      "src-native/posix/bsd/services.cc"
    ],
    "bsd_core_sources": [
      "src-native/posix/bsd/new_socket.cc",
      "src-native/posix/bsd/services.cc",
      "src-native/posix/bsd/share_local_port.cc"
    ]
  }
}
