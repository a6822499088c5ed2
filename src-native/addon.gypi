# How node-gyp builds the addon: in a checkout by binding.gyp, in an installed package by `connect-by-list build`.
{
  "includes": ["sources.gypi"],
  "targets": [
    {
      "target_name": "connect_by_list",
      "sources": ["<@(core_sources)", "<@(addon_sources)"],
      "include_dirs": ["."],
      "defines": ["NAPI_VERSION=8", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "conditions": [
        ["OS=='win'", {
          "sources": ["<@(windows_core_sources)", "<@(windows_addon_sources)"],
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
          "sources": ["<@(posix_core_sources)", "<@(posix_addon_sources)"],
          "cflags": ["-Wall", "-Wextra", "-fvisibility=hidden", "-fstack-protector-strong"],
          # It needs optimisation to find out about sizes.
          "configurations": {"Release": {"cflags": ["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"]}},
          "cflags_cc": ["-std=c++17"],
          "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-std=gnu++1y"]
        }],
        ["OS=='linux'", {
          "sources": ["<@(linux_core_sources)"],
          "ldflags": ["-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack"]
        }],
        # Bionic has no getservbyname_r(); the answer of its getservbyname() is the thread's, as BSD's.
        ["OS=='android'", {
          "sources": ["<@(android_core_sources)"],
          "ldflags": ["-Wl,-z,relro,-z,now", "-Wl,-z,noexecstack"]
        }],
        ["OS=='freebsd'", {
          "sources": ["<@(bsd_core_sources)"]
        }],
        ["OS=='mac'", {
          "sources": ["<@(bsd_core_sources)"],
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
