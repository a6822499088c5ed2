#include "addon/values.h"

#include <cmath>
#include <cstdint>
#include <string>

namespace connect_by_list {

Micros micros_of(const Napi::Value& millis) {
  constexpr double kMaxMillis = 1e12;  // More than thirty years.
  const double value = millis.As<Napi::Number>().DoubleValue();
  return value < kMaxMillis ? static_cast<Micros>(std::llround(value * 1'000)) : kNever;
}

Address next_address(Parts& fields) {
  const std::string text(fields.next().value_or(""));
  return Address::parse(text, number_of<std::uint16_t>(fields.next())).value_or(Address());
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
