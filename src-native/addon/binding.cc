// What JavaScript sees of the addon. Plain data crosses here and nothing else: addresses and
// numbers in; numbers, and a socket's number, out. Errors are made in TypeScript (lib/native.ts is
// the other side).

#include <napi.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "addon/environment.h"
#include "addon/platform_engine.h"
#include "addon/values.h"
#include "race/race_call.h"

namespace connect_by_list {

namespace {

double millis_of(Micros micros) { return static_cast<double>(micros) / 1'000; }

// Five numbers for each attempt that was started, one after the other: ten thousand rows as objects
// would hold the loop for longer than connecting did. lib/race-engine.ts reads them in this order.
Napi::Array numbers_of_rows(Napi::Env env, const RaceCall& race) {
  constexpr std::uint32_t kColumns = 5;
  auto numbers = Napi::Array::New(env, race.rows() * kColumns);
  std::uint32_t next = 0;
  const auto add = [&](double value) { numbers.Set(next++, Napi::Number::New(env, value)); };
  for (std::size_t i = 0; i < race.rows(); ++i) {
    const Napi::HandleScope scope(env);
    const RaceCall::Row row = race.row(i);
    add(static_cast<double>(row.state.outcome));
    add(row.error);
    add(millis_of(row.state.started - race.began()));
    add(millis_of(row.state.ended - race.began()));
    add(row.local.port());
  }
  return numbers;
}

// The local address of each attempt; an empty string where it never had one.
Napi::Array locals_of_rows(Napi::Env env, const RaceCall& race) {
  auto locals = Napi::Array::New(env, race.rows());
  for (std::size_t i = 0; i < race.rows(); ++i) {
    const Napi::HandleScope scope(env);
    const Address local = race.row(i).local;
    locals.Set(static_cast<std::uint32_t>(i),
               Napi::String::New(env, local.known() ? local.text() : std::string()));
  }
  return locals;
}

// What `done` gets.
std::vector<napi_value> result_of(Napi::Env env, RaceCall& race) {
  return {
      Napi::Number::New(env, static_cast<double>(race.verdict())),
      Napi::Number::New(env, static_cast<double>(race.winner())),
      socket_value(env, race.take_socket()),
      numbers_of_rows(env, race),
      locals_of_rows(env, race),
  };
}

// Runs from the loop, or from inside abort().
void report(Napi::Env env, std::uint32_t id) {
  const Napi::HandleScope scope(env);
  const PendingRace pending = Environment::of(env)->take(id);
  call_back(env, pending.done, result_of(env, *pending.race));
}

// race(addresses: string[], ports: number[], delay, attemptTimeout, timeout, done): id
// Times in ms; NaN as the delay asks for RFC 8305's. `done` is called once, maybe before this
// returns.
Napi::Value race(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Environment* environment = Environment::of(env);
  std::vector<Address> remotes = addresses_of(info[0], info[1]);

  RaceOptions options;
  options.count = remotes.size();
  if (!std::isnan(info[2].As<Napi::Number>().DoubleValue())) {
    options.attempt_delay = micros_of(info[2]);
  }
  options.attempt_timeout = micros_of(info[3]);
  options.timeout = micros_of(info[4]);
  const auto done = info[5].As<Napi::Function>();

  const std::uint32_t id = environment->next_id();
  auto race = std::make_unique<RaceCall>(environment->loop(), std::move(remotes), options,
                                         [env, id] { report(env, id); });
  if (race->begin()) {
    // JavaScript has called us, so it is called in the plain way.
    done.Call(result_of(env, *race));
  } else {
    environment->add(id, {std::move(race), Napi::Persistent(done)});
  }
  return Napi::Number::New(env, id);
}

// abort(id): ends that race, if it still runs. Its `done` is called before this returns.
void abort(const Napi::CallbackInfo& info) {
  const std::uint32_t id = info[0].As<Napi::Number>().Uint32Value();
  if (PendingRace* pending = Environment::of(info.Env())->find(id)) pending->race->abort();
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
  exports.Set("race", Napi::Function::New(env, race, "race"));
  exports.Set("abort", Napi::Function::New(env, abort, "abort"));
  exports.Set("close", Napi::Function::New(env, close, "close"));
  environment->set_platform_calls(add_platform_engine(env, environment->loop(), exports));
  return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)

}  // namespace

}  // namespace connect_by_list
