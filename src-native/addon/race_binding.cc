#include "addon/race_binding.h"

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "addon/environment.h"
#include "addon/values.h"
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

// What there is to say of one attempt: five numbers, and the text of its local address, which is
// empty where it never had one. lib/race-engine.ts reads them in this order, when somebody asks: as
// objects, ten thousand rows would hold the loop for longer than connecting did. (One long array of
// them all would as well: beyond some length V8 makes a dictionary of it.)
Napi::Array row_of(Napi::Env env, const RaceCall& race, std::size_t attempt) {
  const RaceCall::Row row = race.row(attempt);
  auto cells = Napi::Array::New(env);
  std::uint32_t next = 0;
  const auto add = [&](double value) { cells.Set(next++, Napi::Number::New(env, value)); };
  add(static_cast<double>(row.state.outcome));
  add(row.error);
  add(millis_of(row.state.started - race.began()));
  add(row.state.ended == kNever ? 0 : millis_of(row.state.ended - race.began()));
  add(row.local.port());
  cells.Set(next, Napi::String::New(env, row.local.known() ? row.local.text() : std::string()));
  return cells;
}

// A row for each attempt that was started.
Napi::Array rows_of(Napi::Env env, const RaceCall& race) {
  auto rows = Napi::Array::New(env);
  for (std::size_t i = 0; i < race.rows(); ++i) {
    const Napi::HandleScope scope(env);
    rows.Set(static_cast<std::uint32_t>(i), row_of(env, race, i));
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

// Runs from the loop: calls one of the functions of a race that goes on.
void tell(Napi::Env env, std::uint32_t id, Napi::FunctionReference PendingRace::*function) {
  const Napi::HandleScope scope(env);
  const PendingRace* pending = Environment::of(env)->find(id);
  if (pending != nullptr) call_back(env, pending->*function, {});
}

PendingRace* pending_of(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())->find(info[0].As<Napi::Number>().Uint32Value());
}

// race(…pairs, more: boolean, delay, attemptTimeout, timeout, decides: boolean, done, askForMore,
//      changed?): id
// lib/native.ts says what they mean.
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
  const bool decides = info[9].As<Napi::Boolean>();
  const auto decision = decides ? RaceCall::Decision::kCaller : RaceCall::Decision::kSystem;
  const auto done = info[10].As<Napi::Function>();
  const auto more = info[11].As<Napi::Function>();
  const bool watches = info[12].IsFunction();

  const std::uint32_t id = environment->next_id();
  RaceCall::Events events;
  events.finished = [env, id] { report(env, id); };
  events.more = [env, id] { tell(env, id, &PendingRace::more); };
  if (watches) events.changed = [env, id] { tell(env, id, &PendingRace::changed); };
  auto race = std::make_unique<RaceCall>(environment->loop(), std::move(pairs), options, decision,
                                         std::move(events));
  if (race->begin()) {
    // JavaScript has called us, so it is called in the plain way.
    done.Call(result_of(env, *race));
  } else {
    PendingRace pending{std::move(race), Napi::Persistent(done), Napi::Persistent(more), {}};
    if (watches) pending.changed = Napi::Persistent(info[12].As<Napi::Function>());
    environment->add(id, std::move(pending));
  }
  return Napi::Number::New(env, id);
}

// offer(id, …pairs, more): the answer to askForMore, or news before it asks. Nothing if the race is
// over.
void offer(const Napi::CallbackInfo& info) {
  if (const PendingRace* pending = pending_of(info)) {
    pending->race->offer(pairs_of(info, 1), info[6].As<Napi::Boolean>());
  }
}

// changes(id): [attempt, row, socket][]: what has changed since this was asked last. The socket is
// that of an attempt to be decided on, and JavaScript's from now on; -1 where there is none.
Napi::Value changes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto found = Napi::Array::New(env);
  const PendingRace* pending = pending_of(info);
  if (pending == nullptr) return found;
  RaceCall& race = *pending->race;
  std::uint32_t next = 0;
  for (const std::size_t attempt : race.take_changes()) {
    const Napi::HandleScope scope(env);
    auto change = Napi::Array::New(env);
    change.Set(0u, Napi::Number::New(env, static_cast<double>(attempt)));
    change.Set(1u, row_of(env, race, attempt));
    change.Set(2u, socket_value(env, race.take_connected(attempt)));
    found.Set(next++, change);
  }
  return found;
}

// decide(id, attempt, errno): whether an attempt has connected, for JavaScript to say.
void decide(const Napi::CallbackInfo& info) {
  if (const PendingRace* pending = pending_of(info)) {
    pending->race->decide(info[1].As<Napi::Number>().Uint32Value(),
                          info[2].As<Napi::Number>().Int32Value());
  }
}

// setRef(id, isRef): whether the process stays for this race.
void set_ref(const Napi::CallbackInfo& info) {
  if (const PendingRace* pending = pending_of(info)) {
    pending->race->set_ref(info[1].As<Napi::Boolean>());
  }
}

// abort(id): ends that race, if it still runs. Its `done` is called before this returns.
void abort(const Napi::CallbackInfo& info) {
  if (const PendingRace* pending = pending_of(info)) pending->race->abort();
}

}  // namespace

void add_race(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("race", race);
  add("offer", offer);
  add("changes", changes);
  add("decide", decide);
  add("setRef", set_ref);
  add("abort", abort);
}

}  // namespace connect_by_list
