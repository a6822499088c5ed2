#include "call_record.h"

#include <algorithm>
#include <utility>

namespace stand_in {

Registry& Registry::Get() {
  // Never destroyed: threads that nobody waits for can still be in an intercepted function when the
  // process ends.
  static Registry* registry = new Registry;
  return *registry;
}

void Registry::SetProgram(const Program& program) {
  Guard guard(mutex_);
  program_ = program;
}

Program Registry::CurrentProgram() {
  Guard guard(mutex_);
  return program_;
}

void Registry::Reset() {
  Guard guard(mutex_);
  program_ = Program();
  initial_rto_count_ = 0;
  calls_.clear();
  for (auto& [socket, call] : open_) {
    call->forgotten = true;
    if (call->facts.result != Result::kRunning) continue;
    call->abandoned = true;
    SetEvent(call->wake.get());
  }
}

std::vector<CallFacts> Registry::Calls() {
  Guard guard(mutex_);
  std::vector<CallFacts> facts;
  facts.reserve(calls_.size());
  for (const auto& call : calls_) facts.push_back(call->facts);
  return facts;
}

std::size_t Registry::LiveSockets() {
  Guard guard(mutex_);
  std::vector<SOCKET> sockets;
  for (const auto& [socket, call] : open_) {
    if (!call->forgotten) sockets.push_back(socket);
  }
  // One socket can have had more than one call.
  std::sort(sockets.begin(), sockets.end());
  return static_cast<std::size_t>(std::unique(sockets.begin(), sockets.end()) - sockets.begin());
}

std::shared_ptr<Call> Registry::Begin(SOCKET socket, CallFacts facts, bool is_socket) {
  Guard guard(mutex_);
  auto call = std::make_shared<Call>(socket, program_);
  call->facts = std::move(facts);
  calls_.push_back(call);
  if (is_socket) open_.emplace(socket, call);
  return call;
}

bool Registry::AnotherIsRunning(const Call& call) {
  Guard guard(mutex_);
  const auto [begin, end] = open_.equal_range(call.socket);
  return std::any_of(begin, end, [&](const auto& entry) {
    return entry.second.get() != &call && entry.second->facts.result == Result::kRunning;
  });
}

void Registry::BeginAttempt(Call& call) {
  Guard guard(mutex_);
  call.in_attempt = true;
  call.cancelled = false;
}

AttemptState Registry::Look(const Call& call) {
  Guard guard(mutex_);
  return {call.cancelled, call.abandoned};
}

AttemptState Registry::EndAttempt(Call& call, Attempt attempt) {
  Guard guard(mutex_);
  call.in_attempt = false;
  call.facts.attempts.push_back(std::move(attempt));
  return {call.cancelled, call.abandoned};
}

void Registry::Refuse(Call& call, int error, std::string why) {
  Guard guard(mutex_);
  call.facts.refused = std::move(why);
  call.facts.error = error;
  call.facts.result = Result::kFailed;
}

void Registry::Fail(Call& call, int error) {
  Guard guard(mutex_);
  call.facts.error = error;
  call.facts.result = Result::kFailed;
}

void Registry::Succeed(Call& call) {
  Guard guard(mutex_);
  call.facts.result = Result::kConnected;
  call.withheld = true;
}

bool Registry::Touch(SOCKET socket) {
  Guard guard(mutex_);
  const auto [begin, end] = open_.equal_range(socket);
  bool withheld = false;
  for (auto entry = begin; entry != end; ++entry) {
    Call& call = *entry->second;
    if (!call.withheld) continue;
    call.touched = true;
    withheld = true;
  }
  return withheld;
}

bool Registry::Release(SOCKET socket) {
  Guard guard(mutex_);
  const auto [begin, end] = open_.equal_range(socket);
  bool withheld = false;
  for (auto entry = begin; entry != end; ++entry) {
    Call& call = *entry->second;
    if (!call.withheld) continue;
    call.withheld = false;
    call.facts.update_context = call.touched ? UpdateContext::kLate : UpdateContext::kFirst;
    withheld = true;
  }
  return withheld;
}

std::uint32_t Registry::InitialRtoCount() {
  Guard guard(mutex_);
  return initial_rto_count_;
}

void Registry::CountInitialRto() {
  Guard guard(mutex_);
  ++initial_rto_count_;
}

CancelAnswer Registry::Cancel(SOCKET socket) {
  Guard guard(mutex_);
  const auto [begin, end] = open_.equal_range(WithoutLayer(socket));
  for (auto entry = begin; entry != end; ++entry) {
    Call& call = *entry->second;
    // A call that was refused because this one runs is over already.
    if (call.facts.result != Result::kRunning) continue;
    // A layered provider has requests of its own; the one that hangs is the base provider's.
    if (call.program.layered && socket != BaseOf(call.socket)) return CancelAnswer::kNotFound;
    ++call.facts.cancels;
    if (!call.in_attempt) return CancelAnswer::kNotFound;
    call.cancelled = true;
    SetEvent(call.wake.get());
    return call.program.late ? CancelAnswer::kRecorded : CancelAnswer::kPassOn;
  }
  return CancelAnswer::kNotOurs;
}

void Registry::Close(SOCKET socket) {
  Guard guard(mutex_);
  const auto [begin, end] = open_.equal_range(socket);
  for (auto entry = begin; entry != end; ++entry) {
    Call& call = *entry->second;
    call.facts.closed = true;
    if (call.facts.result != Result::kRunning) continue;
    call.facts.closed_while_running = true;
    call.abandoned = true;
    SetEvent(call.wake.get());
  }
  open_.erase(begin, end);
}

}  // namespace stand_in
