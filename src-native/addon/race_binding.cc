#include "addon/race_binding.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "addon/environment.h"
#include "addon/lines.h"
#include "addon/values.h"
#include "race/race_call.h"

namespace connect_by_list {

namespace {

// More than a line for an attempt takes, mostly: room is made for all of them at once.
constexpr std::size_t kTextOfARow = 64;

// A number and a blank.
template <typename Number>
void add_number(std::string& text, Number number) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
  text += ' ';
}

// Without a text, the wildcard address if only the port matters, or none if nothing does.
Address local_of(std::string_view text, std::uint16_t port, int family) {
  if (!text.empty()) return Address::parse(std::string(text), port).value_or(Address());
  if (port == 0) return {};
  return Address::parse(family == AF_INET ? "0.0.0.0" : "::", port).value_or(Address());
}

// What there is to say of one attempt: outcome, errno, start and end in microseconds, local port,
// and the local address, which is empty where it never had one. lib/race-rows.ts reads them, when
// somebody asks.
void add_row(std::string& text, const RaceCall& race, std::size_t attempt) {
  const RaceCall::Row row = race.row(attempt);
  const Micros ended = row.state.ended == kNever ? 0 : row.state.ended - race.began();
  add_number(text, static_cast<int>(row.state.outcome));
  add_number(text, row.error);
  add_number(text, row.state.started - race.began());
  add_number(text, ended);
  add_number(text, row.local.port());
  if (row.local.known()) text += row.local.text();
}

// How a race has ended: verdict, winner, and the connected socket, which is JavaScript's now, or
// -1; then a line for each attempt that was started. lib/race-rows.ts reads it.
Napi::Value outcome_of(Napi::Env env, RaceCall& race) {
  std::string text;
  text.reserve(kTextOfARow * (1 + race.rows()));
  add_number(text, static_cast<int>(race.verdict()));
  add_number(text, race.winner());
  SocketHandle socket = race.take_socket();
  text += socket ? std::to_string(socket.release()) : "-1";
  for (std::size_t i = 0; i < race.rows(); ++i) {
    text += '\n';
    add_row(text, race, i);
  }
  return Napi::String::New(env, text);
}

// From a text and a number: "address port [local patience]" a line, and the local port. The local
// address is "-" for "as the system likes"; the patience is in microseconds, 0 for the default.
std::vector<RaceCall::Pair> pairs_of(const Napi::Value& text, const Napi::Value& local_port) {
  const std::string pairs_text = text.As<Napi::String>();
  const auto port = static_cast<std::uint16_t>(local_port.As<Napi::Number>().Uint32Value());
  std::vector<RaceCall::Pair> pairs;
  Parts lines(pairs_text, '\n');
  while (const auto line = lines.next()) {
    Parts fields(*line, ' ');
    RaceCall::Pair& pair = pairs.emplace_back();
    pair.remote = next_address(fields);
    const std::string_view local = fields.next().value_or("-");
    pair.local = local_of(local == "-" ? std::string_view() : local, port, pair.remote.family());
    pair.patience = number_of<Micros>(fields.next());
  }
  return pairs;
}

// Runs from the loop, or from inside abort() or decide().
void report(Napi::Env env, std::uint32_t id) {
  const Napi::HandleScope scope(env);
  Environment* environment = Environment::of(env);
  std::unique_ptr<RaceCall> race = environment->take(id);
  const Napi::Value outcome = outcome_of(env, *race);
  if (race->verdict() == Verdict::kDeadline) environment->close_later(std::move(race));
  call_back(env, environment->listener().finished, {Napi::Number::New(env, id), outcome});
}

// Runs from the loop: tells of a race that goes on.
void tell(Napi::Env env, std::uint32_t id, Napi::FunctionReference RaceListener::*function) {
  const Napi::HandleScope scope(env);
  call_back(env, Environment::of(env)->listener().*function, {Napi::Number::New(env, id)});
}

// listen(finished, more, changed): who hears of the races that go on. Once, before the first of
// them.
void listen(const Napi::CallbackInfo& info) {
  RaceListener& listener = Environment::of(info.Env())->listener();
  listener.finished = Napi::Persistent(info[0].As<Napi::Function>());
  listener.more = Napi::Persistent(info[1].As<Napi::Function>());
  listener.changed = Napi::Persistent(info[2].As<Napi::Function>());
}

RaceCall* race_of(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())->find(info[0].As<Napi::Number>().Uint32Value());
}

// race(pairs, localPort, delay, attemptTimeout, timeout, decides: boolean, watches: boolean): the
// outcome where it is over already, else its id. JavaScript has always more pairs to offer, or says
// that there are none when it is asked.
// lib/native.ts says what they mean.
Napi::Value race(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Environment* environment = Environment::of(env);
  std::vector<RaceCall::Pair> pairs = pairs_of(info[0], info[1]);

  RaceOptions options;
  options.count = pairs.size();
  options.more = true;
  if (!std::isnan(info[2].As<Napi::Number>().DoubleValue())) {
    options.attempt_delay = micros_of(info[2]);
  }
  options.attempt_timeout = micros_of(info[3]);
  options.timeout = micros_of(info[4]);
  const bool decides = info[5].As<Napi::Boolean>();
  const auto decision = decides ? RaceCall::Decision::kCaller : RaceCall::Decision::kSystem;
  const bool watches = info[6].As<Napi::Boolean>();

  const std::uint32_t id = environment->next_id();
  RaceCall::Events events;
  events.finished = [env, id] { report(env, id); };
  events.more = [env, id] { tell(env, id, &RaceListener::more); };
  if (watches) events.changed = [env, id] { tell(env, id, &RaceListener::changed); };
  auto race = std::make_unique<RaceCall>(environment->loop(), std::move(pairs), options, decision,
                                         std::move(events));
  if (race->begin()) return outcome_of(env, *race);
  environment->add(id, std::move(race));
  return Napi::Number::New(env, id);
}

// offer(id, pairs, localPort, more): the answer to askForMore, or news before it asks. Nothing if
// the race is over.
void offer(const Napi::CallbackInfo& info) {
  if (RaceCall* race = race_of(info)) {
    race->offer(pairs_of(info[1], info[2]), info[3].As<Napi::Boolean>());
  }
}

// changes(id): [attempt, row, socket][]: what has changed since this was asked last. The socket is
// that of an attempt to be decided on, and JavaScript's from now on; -1 where there is none.
Napi::Value changes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto found = Napi::Array::New(env);
  RaceCall* race = race_of(info);
  if (race == nullptr) return found;
  std::uint32_t next = 0;
  for (const std::size_t attempt : race->take_changes()) {
    const Napi::HandleScope scope(env);
    auto change = Napi::Array::New(env);
    change.Set(0u, Napi::Number::New(env, static_cast<double>(attempt)));
    std::string row;
    add_row(row, *race, attempt);
    change.Set(1u, Napi::String::New(env, row));
    change.Set(2u, socket_value(env, race->take_connected(attempt)));
    found.Set(next++, change);
  }
  return found;
}

// decide(id, attempt, errno): whether an attempt has connected, for JavaScript to say.
void decide(const Napi::CallbackInfo& info) {
  if (RaceCall* race = race_of(info)) {
    race->decide(info[1].As<Napi::Number>().Uint32Value(), info[2].As<Napi::Number>().Int32Value());
  }
}

// setRef(id, isRef): whether the process stays for this race.
void set_ref(const Napi::CallbackInfo& info) {
  if (RaceCall* race = race_of(info)) race->set_ref(info[1].As<Napi::Boolean>());
}

// abort(id): ends that race, if it still runs. Its end is told before this returns.
void abort(const Napi::CallbackInfo& info) {
  if (RaceCall* race = race_of(info)) race->abort();
}

}  // namespace

void add_race(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("listen", listen);
  add("race", race);
  add("offer", offer);
  add("changes", changes);
  add("decide", decide);
  add("setRef", set_ref);
  add("abort", abort);
}

}  // namespace connect_by_list
