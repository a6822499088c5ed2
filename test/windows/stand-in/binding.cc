// The door to JavaScript. index.ts describes the values that pass here.

#include <napi.h>
// After napi.h, which brings no Windows header along.
#include <cmath>
#include <optional>
#include <string>

#include "call_record.h"
#include "interception.h"
#include "threads.h"
#include "winsock_headers.h"

namespace stand_in {
namespace {

Napi::Value Throw(Napi::Env env, const std::string& message) {
  Napi::Error::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

// Reads a number of at least 0, if there is one. False means that an exception is pending.
bool ReadNumber(Napi::Object from, const char* name, bool infinite, std::optional<double>& into) {
  const Napi::Value value = from.Get(name);
  if (value.IsUndefined()) return true;
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  const bool fits = std::isinf(number) ? infinite && number > 0 : number >= 0;
  if (!fits) {
    Napi::TypeError::New(from.Env(),
                         std::string("program: \"") + name + "\" is not a fitting number.")
        .ThrowAsJavaScriptException();
    return false;
  }
  into = number;
  return true;
}

// Reads one of two words. False means that an exception is pending.
bool ReadChoice(Napi::Object from, const char* name, const char* no, const char* yes, bool& into) {
  const Napi::Value value = from.Get(name);
  if (value.IsUndefined()) return true;
  const std::string word = value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
  if (word != no && word != yes) {
    Napi::TypeError::New(from.Env(), std::string("program: \"") + name + "\" must be \"" + no +
                                         "\" or \"" + yes + "\".")
        .ThrowAsJavaScriptException();
    return false;
  }
  into = word == yes;
  return true;
}

// Reads a boolean, if there is one. False means that an exception is pending.
bool ReadBoolean(Napi::Object from, const char* name, bool& into) {
  const Napi::Value value = from.Get(name);
  if (value.IsUndefined()) return true;
  if (!value.IsBoolean()) {
    Napi::TypeError::New(from.Env(), std::string("program: \"") + name + "\" is not a boolean.")
        .ThrowAsJavaScriptException();
    return false;
  }
  into = value.As<Napi::Boolean>().Value();
  return true;
}

Napi::Value SetProgram(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsObject()) return Throw(info.Env(), "program: not an object.");
  const Napi::Object from = info[0].As<Napi::Object>();
  Program program;
  std::optional<double> fail, fail_call, fail_socket, fail_v6only, fail_update, fail_select, build,
      block, times, late;
  if (!ReadNumber(from, "fail", false, fail) || !ReadNumber(from, "failCall", false, fail_call) ||
      !ReadNumber(from, "failSocket", false, fail_socket) ||
      !ReadNumber(from, "failV6Only", false, fail_v6only) ||
      !ReadNumber(from, "failUpdateContext", false, fail_update) ||
      !ReadNumber(from, "failSelect", false, fail_select) ||
      !ReadNumber(from, "windowsBuild", false, build) || !ReadNumber(from, "block", true, block) ||
      !ReadNumber(from, "times", false, times) || !ReadNumber(from, "lateMs", false, late) ||
      !ReadChoice(from, "cancel", "at-once", "late", program.late) ||
      !ReadChoice(from, "afterCancel", "next", "return", program.stop_after_cancel)) {
    return info.Env().Undefined();
  }
  if (!ReadBoolean(from, "probe", program.probe) ||
      !ReadBoolean(from, "layered", program.layered)) {
    return info.Env().Undefined();
  }
  if (fail) program.fail = static_cast<int>(*fail);
  if (fail_call) program.fail_call = static_cast<int>(*fail_call);
  if (fail_socket) program.fail_socket = static_cast<int>(*fail_socket);
  if (fail_v6only) program.fail_v6only = static_cast<int>(*fail_v6only);
  if (fail_update) program.fail_update_context = static_cast<int>(*fail_update);
  if (fail_select) program.fail_select = static_cast<int>(*fail_select);
  if (build) program.windows_build = static_cast<std::uint32_t>(*build);
  if (block) program.block = Milliseconds(*block);
  if (times) program.times = static_cast<std::uint32_t>(*times);
  if (late) program.late_after = Milliseconds(*late);
  Registry::Get().SetProgram(program);
  return info.Env().Undefined();
}

Napi::Value FromLength(Napi::Env env, const std::optional<std::uint32_t>& length) {
  return length ? Napi::Number::New(env, *length) : env.Null();
}

Napi::Object FromEntry(Napi::Env env, const Entry& entry) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("family", entry.family);
  object.Set("length", entry.length);
  object.Set("address", entry.address);
  object.Set("port", Napi::Number::New(env, entry.port));
  object.Set("scopeId", Napi::Number::New(env, entry.scope_id));
  object.Set("mapped", Napi::Boolean::New(env, entry.mapped));
  return object;
}

Napi::Object FromAttempt(Napi::Env env, const Attempt& attempt) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("address", attempt.address);
  object.Set("port", Napi::Number::New(env, attempt.port));
  object.Set("error", attempt.error);
  object.Set("ms", attempt.ms);
  return object;
}

template <typename Item, typename Convert>
Napi::Array FromList(Napi::Env env, const std::vector<Item>& items, Convert convert) {
  Napi::Array array = Napi::Array::New(env, items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    array.Set(static_cast<std::uint32_t>(i), convert(env, items[i]));
  }
  return array;
}

const char* NameOf(Result result) {
  switch (result) {
    case Result::kRunning:
      return "running";
    case Result::kConnected:
      return "connected";
    case Result::kFailed:
      break;
  }
  return "failed";
}

const char* NameOf(UpdateContext update) {
  switch (update) {
    case UpdateContext::kNever:
      return "never";
    case UpdateContext::kFirst:
      return "first";
    case UpdateContext::kLate:
      break;
  }
  return "late";
}

Napi::Object FromCall(Napi::Env env, const CallFacts& facts) {
  Napi::Object object = Napi::Object::New(env);
  const auto set_boolean = [&](const char* name, bool value) {
    object.Set(name, Napi::Boolean::New(env, value));
  };
  object.Set("socketFamily", facts.family);
  object.Set("socketType", facts.type);
  set_boolean("v6only", facts.v6only);
  if (facts.overlapped) set_boolean("overlapped", *facts.overlapped);
  set_boolean("inheritable", facts.inheritable);
  set_boolean("bound", facts.bound);
  object.Set("entries", FromList(env, facts.entries, FromEntry));
  if (facts.timeout) {
    Napi::Object timeout = Napi::Object::New(env);
    timeout.Set("seconds", Napi::Number::New(env, facts.timeout->tv_sec));
    timeout.Set("microseconds", Napi::Number::New(env, facts.timeout->tv_usec));
    object.Set("timeout", timeout);
  } else {
    object.Set("timeout", env.Null());
  }
  set_boolean("reservedIsNull", facts.reserved_is_null);
  object.Set("localBuffer", FromLength(env, facts.local_buffer));
  object.Set("remoteBuffer", FromLength(env, facts.remote_buffer));
  object.Set("result", NameOf(facts.result));
  object.Set("error", facts.error);
  if (facts.refused.empty()) {
    object.Set("refused", env.Null());
  } else {
    object.Set("refused", facts.refused);
  }
  object.Set("threadId", Napi::Number::New(env, facts.thread_id));
  object.Set("cancels", Napi::Number::New(env, facts.cancels));
  object.Set("updateContext", NameOf(facts.update_context));
  set_boolean("closed", facts.closed);
  set_boolean("closedWhileRunning", facts.closed_while_running);
  object.Set("attempts", FromList(env, facts.attempts, FromAttempt));
  return object;
}

// One environment's exports. Nothing is kept per environment: the worker threads of a process share
// the libraries that are changed here, so they share the stand-in.
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("install", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const char* error = Install();
    return error == nullptr ? info.Env().Undefined() : Throw(info.Env(), error);
  });
  add("remove", [](const Napi::CallbackInfo& info) -> Napi::Value {
    const char* error = Remove();
    return error == nullptr ? info.Env().Undefined() : Throw(info.Env(), error);
  });
  add("program", SetProgram);
  add("calls", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return FromList(info.Env(), Registry::Get().Calls(), FromCall);
  });
  add("reset", [](const Napi::CallbackInfo& info) -> Napi::Value {
    Registry::Get().Reset();
    return info.Env().Undefined();
  });
  add("mainThreadId", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Number::New(info.Env(), MainThreadId());
  });
  add("currentThreadId", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Number::New(info.Env(), GetCurrentThreadId());
  });
  add("liveSockets", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Number::New(info.Env(), static_cast<double>(Registry::Get().LiveSockets()));
  });
  add("initialRtoCount", [](const Napi::CallbackInfo& info) -> Napi::Value {
    return Napi::Number::New(info.Env(), Registry::Get().InitialRtoCount());
  });
  add("handleCount", [](const Napi::CallbackInfo& info) -> Napi::Value {
    DWORD count = 0;
    GetProcessHandleCount(GetCurrentProcess(), &count);
    return Napi::Number::New(info.Env(), count);
  });
  return exports;
}

}  // namespace
}  // namespace stand_in

// The macro wants a name without a scope.
static Napi::Object InitAll(Napi::Env env, Napi::Object exports) {
  return stand_in::Init(env, exports);
}
NODE_API_MODULE(stand_in, InitAll)
