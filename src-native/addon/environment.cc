#include "addon/environment.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace connect_by_list {

Environment* Environment::create(Napi::Env env) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
  auto* environment = new Environment(loop);
  // No finalizer: Node would run it before the last of our handles is closed. close() frees it
  // instead.
  if (napi_set_instance_data(env, environment, nullptr, nullptr) != napi_ok ||
      napi_add_async_cleanup_hook(
          env,
          [](napi_async_cleanup_hook_handle hook, void* data) {
            static_cast<Environment*>(data)->close(hook);
          },
          environment, nullptr) != napi_ok) {
    delete environment;
    return nullptr;
  }
  return environment;
}

Environment* Environment::of(Napi::Env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

RaceCall* Environment::find(std::uint32_t id) {
  const auto found = races_.find(id);
  return found == races_.end() ? nullptr : found->second.get();
}

std::unique_ptr<RaceCall> Environment::take(std::uint32_t id) {
  const auto found = races_.find(id);
  if (found == races_.end()) return {};
  std::unique_ptr<RaceCall> race = std::move(found->second);
  races_.erase(found);
  return race;
}

void Environment::close_later(std::unique_ptr<RaceCall> race) {
  ended_.push_back(std::move(race));
  close_ended_->begin();
}

bool Environment::close_some() {
  // A millisecond's work, or less.
  constexpr std::size_t kRacesPerTurn = 16;
  ended_.resize(ended_.size() - std::min(ended_.size(), kRacesPerTurn));
  return !ended_.empty();
}

void Environment::close(napi_async_cleanup_hook_handle hook) {
  // JavaScript runs no more: the races end by being destroyed, which closes their sockets and calls
  // nobody. Node keeps the loop turning until the hook is removed, so the handles can close.
  races_.clear();
  ended_.clear();
  close_ended_.reset();
  if (platform_calls_) platform_calls_->close();
  loop_.on_all_closed([this, hook] {
    delete this;
    napi_remove_async_cleanup_hook(hook);
  });
}

}  // namespace connect_by_list
