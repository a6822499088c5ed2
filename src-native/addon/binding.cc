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
#include "addon/service.h"
#include "addon/values.h"
#include "core/socket_ops.h"
#include "race/race_call.h"

namespace connect_by_list {

namespace {

// Without a text, the wildcard address if only the port matters, or none if nothing does.
Address local_of(const std::string& text, std::uint16_t port, int family) {
  if (!text.empty()) return Address::parse(text, port).value_or(Address());
  if (port == 0) return {};
  return Address::parse(family == AF_INET ? "0.0.0.0" : "::", port).value_or(Address());
}

double millis_of(Micros micros) { return static_cast<double>(micros) / 1'000; }

// A row for each attempt that was started: five numbers, and the text of its local address, which
// is empty where it never had one. lib/race-engine.ts reads them in this order, when somebody asks:
// as objects, ten thousand rows would hold the loop for longer than connecting did. (One long array
// of them all would as well: beyond some length V8 makes a dictionary of it.)
Napi::Array rows_of(Napi::Env env, const RaceCall& race) {
  auto rows = Napi::Array::New(env);
  for (std::size_t i = 0; i < race.rows(); ++i) {
    const Napi::HandleScope scope(env);
    const RaceCall::Row row = race.row(i);
    auto cells = Napi::Array::New(env);
    std::uint32_t next = 0;
    const auto add = [&](double value) { cells.Set(next++, Napi::Number::New(env, value)); };
    add(static_cast<double>(row.state.outcome));
    add(row.error);
    add(millis_of(row.state.started - race.began()));
    add(millis_of(row.state.ended - race.began()));
    add(row.local.port());
    cells.Set(next, Napi::String::New(env, row.local.known() ? row.local.text() : std::string()));
    rows.Set(static_cast<std::uint32_t>(i), cells);
  }
  return rows;
}

// What an array has for the pair at this place; nothing where the array is absent, as it mostly is.
Napi::Value entry_of(const Napi::Value& array, std::size_t index) {
  if (!array.IsArray()) return {};
  return array.As<Napi::Array>().Get(static_cast<std::uint32_t>(index));
}

// From five arguments in a row: addresses: string[], ports: number[], locals?: string[], localPort:
// number, patience?: number[]. `locals` has a text for each address, empty for "as the system
// likes"; `patience` has a time in ms, 0 for the default.
std::vector<RaceCall::Pair> pairs_of(const Napi::CallbackInfo& info, std::size_t first) {
  const std::vector<Address> remotes = addresses_of(info[first], info[first + 1]);
  const Napi::Value locals = info[first + 2];
  const auto local_port =
      static_cast<std::uint16_t>(info[first + 3].As<Napi::Number>().Uint32Value());
  const Napi::Value patience = info[first + 4];
  std::vector<RaceCall::Pair> pairs;
  pairs.reserve(remotes.size());
  for (const Address& remote : remotes) {
    const Napi::HandleScope scope(info.Env());
    RaceCall::Pair pair;
    pair.remote = remote;
    if (const Napi::Value local = entry_of(locals, pairs.size()); !local.IsEmpty()) {
      pair.local = local_of(local.As<Napi::String>(), local_port, remote.family());
    }
    if (const Napi::Value millis = entry_of(patience, pairs.size()); !millis.IsEmpty()) {
      pair.patience = micros_of(millis);
    }
    pairs.push_back(pair);
  }
  return pairs;
}

// What `done` gets.
std::vector<napi_value> result_of(Napi::Env env, RaceCall& race) {
  return {
      Napi::Number::New(env, static_cast<double>(race.verdict())),
      Napi::Number::New(env, static_cast<double>(race.winner())),
      socket_value(env, race.take_socket()),
      rows_of(env, race),
  };
}

// Runs from the loop, or from inside abort().
void report(Napi::Env env, std::uint32_t id) {
  const Napi::HandleScope scope(env);
  const PendingRace pending = Environment::of(env)->take(id);
  call_back(env, pending.done, result_of(env, *pending.race));
}

// JavaScript wants to be asked for more pairs.
void ask_for_more(Napi::Env env, std::uint32_t id) {
  const Napi::HandleScope scope(env);
  const PendingRace* pending = Environment::of(env)->find(id);
  if (pending != nullptr) call_back(env, pending->more, {});
}

// race(pairs: { addresses, ports, locals, localPort }, more: boolean, delay, attemptTimeout,
// timeout,
//      done, askForMore): id
// Times in ms; NaN as the delay asks for RFC 8305's. `done` is called once, maybe before this
// returns; `askForMore` when it is time for a pair that is not there yet, if `more` said that some
// may come.
Napi::Value race(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Environment* environment = Environment::of(env);
  std::vector<RaceCall::Pair> pairs = pairs_of(info, 0);

  RaceOptions options;
  options.count = pairs.size();
  options.more = info[5].As<Napi::Boolean>();
  if (!std::isnan(info[6].As<Napi::Number>().DoubleValue())) {
    options.attempt_delay = micros_of(info[6]);
  }
  options.attempt_timeout = micros_of(info[7]);
  options.timeout = micros_of(info[8]);
  const auto done = info[9].As<Napi::Function>();
  const auto more = info[10].As<Napi::Function>();

  const std::uint32_t id = environment->next_id();
  RaceCall::Events events{[env, id] { report(env, id); }, [env, id] { ask_for_more(env, id); }};
  auto race =
      std::make_unique<RaceCall>(environment->loop(), std::move(pairs), options, std::move(events));
  if (race->begin()) {
    // JavaScript has called us, so it is called in the plain way.
    done.Call(result_of(env, *race));
  } else {
    environment->add(id, {std::move(race), Napi::Persistent(done), Napi::Persistent(more)});
  }
  return Napi::Number::New(env, id);
}

// offer(id, …pairs, more): the answer to askForMore, or news before it asks. Nothing if the race is
// over.
void offer(const Napi::CallbackInfo& info) {
  const std::uint32_t id = info[0].As<Napi::Number>().Uint32Value();
  if (PendingRace* pending = Environment::of(info.Env())->find(id)) {
    pending->race->offer(pairs_of(info, 1), info[6].As<Napi::Boolean>());
  }
}

// sources(addresses: string[]): string[]: where the system would connect from; '' where it has no
// way.
Napi::Value sources(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto texts = info[0].As<Napi::Array>();
  auto found = Napi::Array::New(env, texts.Length());
  for (std::uint32_t i = 0; i < texts.Length(); ++i) {
    const Napi::HandleScope scope(env);
    const std::string text = texts.Get(i).As<Napi::String>();
    // Any port will do: no packet is sent to it.
    const Address remote = Address::parse(text, 1).value_or(Address());
    const Address source = remote.known() ? source_address(remote) : Address();
    found.Set(i, Napi::String::New(env, source.known() ? source.text() : std::string()));
  }
  return found;
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
  exports.Set("offer", Napi::Function::New(env, offer, "offer"));
  exports.Set("sources", Napi::Function::New(env, sources, "sources"));
  exports.Set("abort", Napi::Function::New(env, abort, "abort"));
  exports.Set("close", Napi::Function::New(env, close, "close"));
  add_service_port(env, exports);
  environment->set_platform_calls(add_platform_engine(env, environment->loop(), exports));
  return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)

}  // namespace

}  // namespace connect_by_list
