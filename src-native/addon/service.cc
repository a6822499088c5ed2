#include "addon/service.h"

#include <string>
#include <utility>

#include "core/services.h"

namespace connect_by_list {

namespace {

// Asks on a thread of libuv's pool: the answer may come from a file, or from a directory server.
class ServiceWorker final : public Napi::AsyncWorker {
 public:
  ServiceWorker(Napi::Env env, std::string name)
      : Napi::AsyncWorker(env, "connect-by-list"),
        answer_(Napi::Promise::Deferred::New(env)),
        name_(std::move(name)) {}

  Napi::Promise answer() const { return answer_.Promise(); }

 private:
  void Execute() override {
    // A C string would end at a NUL, and be another name.
    const bool is_whole = name_.find('\0') == std::string::npos;
    port_ = is_whole ? service_port(name_) : -1;
  }
  void OnOK() override { answer_.Resolve(Napi::Number::New(Env(), port_)); }

  Napi::Promise::Deferred answer_;
  std::string name_;
  int port_ = -1;
};

// servicePort(name: string): Promise<number>, -1 for a service that the system does not know.
Napi::Value port_of_service(const Napi::CallbackInfo& info) {
  auto* worker = new ServiceWorker(info.Env(), info[0].As<Napi::String>());  // Owns itself.
  const Napi::Promise answer = worker->answer();
  worker->Queue();
  return answer;
}

}  // namespace

void add_service_port(Napi::Env env, Napi::Object exports) {
  exports.Set("servicePort", Napi::Function::New(env, port_of_service, "servicePort"));
}

}  // namespace connect_by_list
