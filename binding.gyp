{
  "targets": [
    {
      "target_name": "connect_by_list",
      "sources": [
        "src-native/addon/binding.cc",
        "src-native/addon/race_binding.cc",
        "src-native/addon/environment.cc",
        "src-native/addon/service.cc",
        "src-native/addon/values.cc",
        "src-native/core/address.cc",
        "src-native/core/race.cc",
        "src-native/loop/loop_handles.cc",
        "src-native/loop/uv_system.cc",
        "src-native/race/race_call.cc"
      ],
      "include_dirs": [
        "src-native",
        "<!(node -p \"require('node-addon-api').include_dir\")"
      ],
      "defines": ["NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "conditions": [
        ["OS=='win'", {
          "sources": [
            "src-native/winsock/address_list.cc",
            "src-native/winsock/binding.cc",
            "src-native/winsock/canceller.cc",
            "src-native/winsock/connect_by_list.cc",
            "src-native/winsock/connect_by_name.cc",
            "src-native/winsock/connect_worker.cc",
            "src-native/winsock/thread_pool_slot.cc",
            "src-native/winsock/services.cc",
            "src-native/winsock/socket_ops.cc",
            "src-native/winsock/winsock_call.cc",
            "src-native/winsock/winsock_calls.cc"
          ],
          # uv.h brings windows.h, whose macros min and max would break std::min and std::max. Node's own
          # common.gypi defines NOMINMAX from Node 22 on only.
          "defines": ["_WIN32_WINNT=0x0A00", "WINVER=0x0A00", "NOMINMAX", "WIN32_LEAN_AND_MEAN"],
          "libraries": ["-lws2_32.lib", "-liphlpapi.lib"],
          "msvs_settings": {
            "VCCLCompilerTool": {
              "AdditionalOptions": ["/std:c++17", "/W4", "/permissive-", "/guard:cf"],
              "BufferSecurityCheck": "true"
            },
            "VCLinkerTool": {
              "AdditionalOptions": ["/guard:cf", "/DYNAMICBASE", "/NXCOMPAT"]
            }
          }
        }],
        ["OS!='win'", {
          "sources": ["src-native/posix/no_platform_engine.cc", "src-native/posix/socket_ops.cc"],
          "cflags": ["-Wall", "-Wextra", "-fvisibility=hidden", "-fstack-protector-strong"],
          # It needs optimisation to find out about sizes.
          "configurations": {"Release": {"cflags": ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"]}},
          "cflags_cc": ["-std=c++17"],
          "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-std=gnu++1y"]
        }],
        ["OS=='linux'", {
          "sources": ["src-native/posix/linux/new_socket.cc", "src-native/posix/linux/share_local_port.cc",
            "src-native/posix/linux/services.cc"],
          "ldflags": ["-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack"]
        }],
        # Bionic has no getservbyname_r(); the answer of its getservbyname() is the thread's, as BSD's.
        ["OS=='android'", {
          "sources": ["src-native/posix/linux/new_socket.cc", "src-native/posix/linux/share_local_port.cc",
            "src-native/posix/bsd/services.cc"],
          "ldflags": ["-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack"]
        }],
        ["OS=='freebsd'", {
          "sources": ["src-native/posix/bsd/new_socket.cc", "src-native/posix/bsd/services.cc",
            "src-native/posix/bsd/share_local_port.cc"]
        }],
        ["OS=='mac'", {
          "sources": ["src-native/posix/bsd/new_socket.cc", "src-native/posix/bsd/services.cc",
            "src-native/posix/bsd/share_local_port.cc"],
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "MACOSX_DEPLOYMENT_TARGET": "11.0"
          }
        }]
      ]
    }
  ]
}
