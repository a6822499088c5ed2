// What JavaScript sees of the addon. Plain data crosses here and nothing else: addresses and
// numbers in; numbers, and a socket's number, out. Errors are made in TypeScript
// (lib/native/addon.ts is the other side). The functions of a race are in race_binding.cc, those of
// Winsock in winsock/binding.cc.

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "addon/environment.h"
#include "addon/lines.h"
#include "addon/platform_engine.h"
#include "addon/race_binding.h"
#include "addon/service.h"
#include "core/address.h"
#include "core/socket_ops.h"

namespace connect_by_list {

namespace {

// sourceAddresses(addresses): takes an address a line; returns the source address for each, or an
// empty line without a route.
Napi::Value source_addresses(const Napi::CallbackInfo& info) {
  const std::string addresses = info[0].As<Napi::String>();
  std::vector<Address> remotes;
  Parts lines(addresses, '\n');
  while (const auto line = lines.next()) {
    // Any port will do: no packet is sent to it.
    remotes.push_back(Address::parse(std::string(*line), 1).value_or(Address()));
  }
  std::string found;
  for (const Address& source : source_addresses(remotes)) {
    if (source.known()) found += source.text();
    found += '\n';
  }
  return Napi::String::New(info.Env(), found);
}

// close(socket): closes a connected socket that could not be handed on.
void close(const Napi::CallbackInfo& info) {
  close_socket(static_cast<NativeSocket>(info[0].As<Napi::Number>().Int64Value()));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  Environment* environment = Environment::create(env);
  if (environment == nullptr) {
    Napi::Error::New(env, "connect-by-list: this environment has no event loop to connect on")
        .ThrowAsJavaScriptException();
    return exports;
  }
  add_race(env, exports);
  exports.Set("sourceAddresses", Napi::Function::New(env, source_addresses, "sourceAddresses"));
  exports.Set("close", Napi::Function::New(env, close, "close"));
  add_service_port(env, exports);
  environment->set_platform_calls(add_platform_engine(env, environment->loop(), exports));
  return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)

}  // namespace

}  // namespace connect_by_list
