#include "addon/platform_engine.h"

namespace connect_by_list {

std::unique_ptr<PlatformCalls> add_platform_engine(Napi::Env /*env*/, Loop& /*loop*/,
                                                   Napi::Object /*exports*/) {
  return nullptr;
}

}  // namespace connect_by_list
