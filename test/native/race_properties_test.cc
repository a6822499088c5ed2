// The rules of race_rules.cc, each as a property of random worlds. A world that breaks one is
// shrunk to its smallest form and printed, with the seed that brings it back (RC_PARAMS).

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <ostream>

#include "race_rules.h"
#include "simulated_world.h"

namespace connect_by_list {

// Found by rapidcheck, which prints the world that broke a rule.
std::ostream& operator<<(std::ostream& out, const World& world) {
  const auto time = [&out](const char* name, Micros value) {
    if (value != kNever) out << name << ' ' << value << " us, ";
  };
  const auto list = [&out](const std::vector<Endpoint>& endpoints) {
    for (const Endpoint& endpoint : endpoints) {
      constexpr std::array<const char*, 3> kNames = {"connects", "fails", "never"};
      out << ' ' << kNames[static_cast<std::size_t>(endpoint.answer)] << '(' << endpoint.after
          << ')';
    }
    out << "; ";
  };
  out << "endpoints:";
  list(world.endpoints);
  for (const LateName& name : world.names) {
    out << "name at " << name.answers_at << ':';
    list(name.endpoints);
  }
  out << "other sources:";
  list(world.other_sources);
  if (world.options.attempt_delay == kNever) out << "one by one, ";
  time("delay", world.options.attempt_delay.value_or(kNever));
  time("attempt timeout", world.options.attempt_timeout);
  time("timeout", world.options.timeout);
  time("abort at", world.abort_at);
  out << "stalls:";
  for (const Micros stall : world.stalls) out << ' ' << stall;
  return out;
}

namespace {

namespace gen = rc::gen;

// Half of the times are multiples of 25 ms: coincidences are where mistakes hide.
rc::Gen<Micros> time_up_to(Micros most) {
  constexpr Micros kStep = ms(25);
  return gen::oneOf(gen::inRange<Micros>(0, most + 1),
                    gen::map(gen::inRange<Micros>(0, most / kStep + 1),
                             [](Micros steps) { return steps * kStep; }));
}

rc::Gen<Micros> maybe_never(rc::Gen<Micros> time) {
  return gen::oneOf(gen::just(kNever), std::move(time));
}

rc::Gen<Endpoint> any_endpoint() {
  return gen::build<Endpoint>(
      gen::set(&Endpoint::answer, gen::element(Endpoint::Answer::kNever, Endpoint::Answer::kFails,
                                               Endpoint::Answer::kConnects)),
      gen::set(&Endpoint::after, gen::oneOf(gen::just<Micros>(0), time_up_to(ms(600)))),
      gen::set(&Endpoint::error, gen::element(ECONNREFUSED, EHOSTUNREACH)));
}

rc::Gen<std::vector<Endpoint>> any_endpoints() {
  return gen::container<std::vector<Endpoint>>(any_endpoint());
}

rc::Gen<LateName> any_name() {
  return gen::build<LateName>(gen::set(&LateName::answers_at, maybe_never(time_up_to(ms(800)))),
                              gen::set(&LateName::endpoints, any_endpoints()));
}

// None, half of the times.
template <typename T>
rc::Gen<std::vector<T>> maybe_none(rc::Gen<std::vector<T>> some) {
  return gen::oneOf(gen::just(std::vector<T>()), std::move(some));
}

rc::Gen<std::optional<Micros>> any_delay() {
  const auto given =
      gen::map(time_up_to(ms(300)), [](Micros time) { return std::make_optional(ms(10) + time); });
  return gen::oneOf(gen::just(std::optional<Micros>()), gen::just(std::make_optional(kNever)),
                    given);
}

rc::Gen<RaceOptions> any_options() {
  return gen::build<RaceOptions>(
      gen::set(&RaceOptions::attempt_delay, any_delay()),
      gen::set(&RaceOptions::attempt_timeout, maybe_never(time_up_to(ms(500)))),
      gen::set(&RaceOptions::timeout, maybe_never(time_up_to(ms(1'000)))));
}

rc::Gen<World> any_world() {
  return gen::build<World>(
      gen::set(&World::endpoints, any_endpoints()),
      gen::set(&World::names, maybe_none(gen::container<std::vector<LateName>>(any_name()))),
      gen::set(&World::other_sources, maybe_none(any_endpoints())),
      gen::set(&World::options, any_options()),
      gen::set(&World::abort_at, maybe_never(time_up_to(ms(1'000)))),
      gen::set(&World::stalls,
               gen::oneOf(gen::just(std::vector<Micros>()),
                          gen::container<std::vector<Micros>>(time_up_to(ms(800))))));
}

}  // namespace

TEST_SUITE("in every world") {
  TEST_CASE("every rule of the race is kept") {
    CHECK(rc::check("every rule of the race is kept", [] {
      const World world = *any_world();
      const Story story = run(world);
      for (const Rule& rule : kRaceRules) {
        if (rule.kept(world, story)) continue;
        RC_LOG(story.text());
        RC_FAIL(rule.promise);
      }
    }));
  }

  TEST_CASE("a longer list connects where its beginning does, when there is no limit") {
    CHECK(rc::check("C07: an endpoint more never turns a success into a failure", [] {
      World world = *any_world();
      // What comes late is behind the end of the list, wherever it stands in it.
      world.names.clear();
      world.other_sources.clear();
      world.options.timeout = kNever;
      world.options.attempt_timeout = kNever;
      world.abort_at = kNever;
      const bool before = run(world).verdict == Verdict::kConnected;
      world.endpoints.push_back(*any_endpoint());
      RC_ASSERT(!before || run(world).verdict == Verdict::kConnected);
    }));
  }
}

}  // namespace connect_by_list
