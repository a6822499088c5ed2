#include "addon/service.h"

#include "core/services.h"

namespace connect_by_list {

namespace {

// servicePort(name: string): number, -1 for a service that the system does not know.
Napi::Value port_of_service(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), service_port(info[0].As<Napi::String>()));
}

}  // namespace

void add_service_port(Napi::Env env, Napi::Object exports) {
  exports.Set("servicePort", Napi::Function::New(env, port_of_service, "servicePort"));
}

}  // namespace connect_by_list
