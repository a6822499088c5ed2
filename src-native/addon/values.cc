#include "addon/values.h"

#include <cmath>
#include <string>

namespace connect_by_list {

Micros micros_of(const Napi::Value& millis) {
  constexpr double kMostMillis = 1e12;  // More than thirty years.
  const double value = millis.As<Napi::Number>().DoubleValue();
  return value < kMostMillis ? static_cast<Micros>(std::llround(value * 1'000)) : kNever;
}

std::vector<Address> addresses_of(const Napi::Value& texts, const Napi::Value& ports) {
  const auto text_array = texts.As<Napi::Array>();
  const auto port_array = ports.As<Napi::Array>();
  std::vector<Address> addresses;
  addresses.reserve(text_array.Length());
  for (std::uint32_t i = 0; i < text_array.Length(); ++i) {
    const Napi::HandleScope scope(texts.Env());
    const std::string text = text_array.Get(i).As<Napi::String>();
    const auto port =
        static_cast<std::uint16_t>(port_array.Get(i).As<Napi::Number>().Uint32Value());
    addresses.push_back(Address::parse(text, port).value_or(Address()));
  }
  return addresses;
}

Napi::Value socket_value(Napi::Env env, SocketHandle socket) {
  const double number = socket ? static_cast<double>(socket.release()) : -1;
  return Napi::Number::New(env, number);
}

void call_back(Napi::Env env, const Napi::FunctionReference& function,
               const std::vector<napi_value>& arguments) {
  // It may end the call that holds the reference.
  const Napi::Function callee = function.Value();
  // No async context: a promise brings its own.
  callee.MakeCallback(env.Global(), arguments);
  if (env.IsExceptionPending()) {
    // The function does not throw. If it did, the exception has no caller to go to.
    napi_fatal_exception(env, env.GetAndClearPendingException().Value());
  }
}

}  // namespace connect_by_list
