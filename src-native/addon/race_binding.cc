#include "addon/race_binding.h"

#include <uv.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
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

// Bytes reserved for the line of an attempt, which is more than most need.
constexpr std::size_t kReservedLineBytes = 64;

template <typename Number>
void add_number(std::string& text, Number number) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
  text += ' ';
}

// "-" leaves the address to the system: it is the wildcard if only the port matters, and none if
// nothing does.
std::optional<Address> local_of(std::string_view text, std::uint16_t port, int family) {
  if (text == "-" && port == 0) return std::nullopt;
  if (text == "-") text = family == AF_INET ? "0.0.0.0" : "::";
  return Address::parse(std::string(text), port).value_or(Address());
}

// A time of a race, in microseconds from its start; 0 for kNever.
Micros since(Micros began, Micros at) { return at == kNever ? 0 : at - began; }

// One attempt as text: outcome, libuv's error number, then three times in microseconds (its start,
// when TCP connected or 0, its end), the local port, and the local address, which is empty where it
// is unknown. lib/engines/race/race-result.ts parses the line lazily.
void add_row(std::string& text, const RaceCall& race, std::size_t attempt) {
  const RaceCall::Row row = race.row(attempt);
  add_number(text, static_cast<int>(row.state.outcome));
  add_number(text, uv_translate_sys_error(row.error));
  add_number(text, row.state.started - race.began());
  add_number(text, since(race.began(), row.connected));
  add_number(text, since(race.began(), row.state.ended));
  add_number(text, row.local.port());
  if (row.local.known()) text += row.local.text();
}

// How a race has ended: verdict, winner, the connected socket, which is JavaScript's now, or -1,
// the attempt that ended last, and the number of attempts; then a line for each of them.
// lib/engines/race/race-result.ts parses it.
Napi::Value outcome_of(Napi::Env env, RaceCall& race) {
  std::string text;
  text.reserve(kReservedLineBytes * (1 + race.rows()));
  add_number(text, static_cast<int>(race.verdict()));
  add_number(text, race.winner());
  SocketHandle socket = race.take_socket();
  if (socket) {
    add_number(text, socket.release());
  } else {
    text += "-1 ";
  }
  add_number(text, race.last_to_end());
  add_number(text, race.rows());
  for (std::size_t i = 0; i < race.rows(); ++i) {
    text += '\n';
    add_row(text, race, i);
  }
  return Napi::String::New(env, text);
}

// From a text and a number: "address port [local delay]" a line, and the local port. The local
// address is "-" where the system chooses; the delay is in microseconds, 0 for the default.
std::vector<RaceCall::Candidate> candidates_of(const Napi::Value& text,
                                               const Napi::Value& local_port) {
  const std::string pairs_text = text.As<Napi::String>();
  const auto port = static_cast<std::uint16_t>(local_port.As<Napi::Number>().Uint32Value());
  std::vector<RaceCall::Candidate> candidates;
  Parts lines(pairs_text, '\n');
  while (const auto line = lines.next()) {
    Parts fields(*line, ' ');
    RaceCall::Candidate& candidate = candidates.emplace_back();
    candidate.remote = next_address(fields);
    const std::string_view local = fields.next().value_or("-");
    candidate.local = local_of(local, port, candidate.remote.family());
    candidate.learned_delay = number_of<Micros>(fields.next());
  }
  return candidates;
}

// Tells JavaScript of all races of an environment that go on, with one function for each event: a
// reference to a function costs more than a race.
class JsListener final : public RaceCall::Listener {
 public:
  JsListener(Napi::Function finished, Napi::Function more, Napi::Function changed)
      : env_(finished.Env()),
        finished_(Napi::Persistent(finished)),
        more_(Napi::Persistent(more)),
        changed_(Napi::Persistent(changed)) {}

  void finished(std::uint32_t id) override {
    const Napi::HandleScope scope(env_);
    Environment* environment = Environment::of(env_);
    std::unique_ptr<RaceCall> race = environment->take(id);
    const Napi::Value outcome = outcome_of(env_, *race);
    if (race->verdict() == Verdict::kDeadline) environment->close_later(std::move(race));
    call_back(env_, finished_, {Napi::Number::New(env_, id), outcome});
  }
  void candidates_needed(std::uint32_t id) override { tell(more_, id); }
  void changed(std::uint32_t id) override { tell(changed_, id); }

 private:
  void tell(const Napi::FunctionReference& function, std::uint32_t id) {
    const Napi::HandleScope scope(env_);
    call_back(env_, function, {Napi::Number::New(env_, id)});
  }

  Napi::Env env_;
  Napi::FunctionReference finished_;
  Napi::FunctionReference more_;
  Napi::FunctionReference changed_;
};

// setRaceCallbacks(finished, more, changed): who hears of the races that go on. Called once, before
// the first of them.
void set_race_callbacks(const Napi::CallbackInfo& info) {
  Environment::of(info.Env())
      ->set_listener(std::make_unique<JsListener>(info[0].As<Napi::Function>(),
                                                  info[1].As<Napi::Function>(),
                                                  info[2].As<Napi::Function>()));
}

RaceCall* race_of(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env())->find(info[0].As<Napi::Number>().Uint32Value());
}

More more_of(const Napi::Value& value) {
  return static_cast<More>(value.As<Napi::Number>().Uint32Value());
}

// race(candidates, more, localPort, delay, attemptTimeout, timeout, decides: boolean, watches:
// boolean): the outcome where it is over already, else its id. lib/native/addon.ts says what they
// mean.
Napi::Value race(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Environment* environment = Environment::of(env);

  RaceOptions options;
  options.more = more_of(info[1]);
  if (!std::isnan(info[3].As<Napi::Number>().DoubleValue())) {
    options.attempt_delay = micros_of(info[3]);
  }
  options.attempt_timeout = micros_of(info[4]);
  options.timeout = micros_of(info[5]);
  RaceCall::Settings settings;
  settings.id = environment->next_id();
  const bool decides = info[6].As<Napi::Boolean>();
  if (decides) settings.decision = RaceCall::Decision::kHandshake;
  settings.is_watched = info[7].As<Napi::Boolean>();

  auto race = std::make_unique<RaceCall>(environment->system(), *environment->listener(),
                                         candidates_of(info[0], info[2]), options, settings);
  if (race->begin()) return outcome_of(env, *race);
  environment->add(settings.id, std::move(race));
  return Napi::Number::New(env, settings.id);
}

// offer(id, candidates, localPort, more): the answer to the event `more`, or news before it.
// Nothing happens if the race is over.
void offer(const Napi::CallbackInfo& info) {
  if (RaceCall* race = race_of(info))
    race->offer(candidates_of(info[1], info[2]), more_of(info[3]));
}

// unanswered(id): number[]: the attempts whose destinations have not answered so far.
Napi::Value unanswered(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto found = Napi::Array::New(env);
  const RaceCall* race = race_of(info);
  if (race == nullptr) return found;
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < race->rows(); ++i) {
    if (!race->has_answered(i)) found.Set(next++, static_cast<double>(i));
  }
  return found;
}

// hasAnswered(id, attempt): boolean
Napi::Value has_answered(const Napi::CallbackInfo& info) {
  const RaceCall* race = race_of(info);
  const std::uint32_t attempt = info[1].As<Napi::Number>().Uint32Value();
  const bool answered = race != nullptr && attempt < race->rows() && race->has_answered(attempt);
  return Napi::Boolean::New(info.Env(), answered);
}

// takeEvents(id): [attempt, row, socket][]: what has changed since this was asked last. The socket
// is that of an attempt to be decided on, and JavaScript's from now on; -1 where there is none.
Napi::Value take_events(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto found = Napi::Array::New(env);
  RaceCall* race = race_of(info);
  if (race == nullptr) return found;
  std::uint32_t next = 0;
  for (const std::size_t attempt : race->take_events()) {
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

// reportHandshake(id, attempt, errno): the result of the attempt's handshake; 0 for success.
void report_handshake(const Napi::CallbackInfo& info) {
  if (RaceCall* race = race_of(info)) {
    race->report_handshake(info[1].As<Napi::Number>().Uint32Value(),
                           info[2].As<Napi::Number>().Int32Value());
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
  add("setRaceCallbacks", set_race_callbacks);
  add("race", race);
  add("offer", offer);
  add("unanswered", unanswered);
  add("hasAnswered", has_answered);
  add("takeEvents", take_events);
  add("reportHandshake", report_handshake);
  add("setRef", set_ref);
  add("abort", abort);
}

}  // namespace connect_by_list
