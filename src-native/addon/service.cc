#include "addon/service.h"

#include <string>

#include "core/services.h"

namespace connect_by_list {

namespace {

// servicePort(name: string): number, -1 for a service that the system does not know.
Napi::Value port_of_service(const Napi::CallbackInfo& info) {
  const std::string name = info[0].As<Napi::String>();
  // A C string would end at a NUL, and be another name.
  const bool is_whole = name.find('\0') == std::string::npos;
  return Napi::Number::New(info.Env(), is_whole ? service_port(name) : -1);
}

}  // namespace

void add_service_port(Napi::Env env, Napi::Object exports) {
  exports.Set("servicePort", Napi::Function::New(env, port_of_service, "servicePort"));
}

}  // namespace connect_by_list
