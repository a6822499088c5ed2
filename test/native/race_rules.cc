#include "race_rules.h"

#include <algorithm>

namespace connect_by_list {

namespace {

using Kind = Event::Kind;

Micros after(Micros time, Micros span) { return span > kNever - time ? kNever : time + span; }

// The delay before the next start, when so many delays have passed without an answer: RFC 8305
// section 5 where none is given. Written out, and not computed the way the machine does it.
Micros delay_after(const World& world, int delays_passed) {
  if (world.options.attempt_delay) return *world.options.attempt_delay;
  if (delays_passed == 0) return ms(250);
  return delays_passed == 1 ? ms(125) : ms(100);
}

// Where the race is decided: the place of the first event that belongs to the decision.
std::size_t decision(const World& world, const Story& story) {
  // An attempt can reach its own limit after the deadline, while the loop has its turn to deliver a
  // name: what that brings still starts.
  std::size_t first = 0;
  for (std::size_t i = 0; !world.names.empty() && i < story.events.size(); ++i) {
    if (story.events[i].kind == Kind::kStart) first = i;
  }
  const auto decides = [&](const Event& event) {
    if (event.kind == Kind::kConnected || event.kind == Kind::kAbort) return true;
    if (event.kind == Kind::kFinish) return true;
    return event.kind == Kind::kClose && story.verdict == Verdict::kDeadline &&
           event.at >= world.options.timeout && &event >= &story.events[first];
  };
  const auto found = std::find_if(story.events.begin(), story.events.end(), decides);
  return static_cast<std::size_t>(found - story.events.begin());
}

std::size_t count(const Story& story, Kind kind) {
  return static_cast<std::size_t>(
      std::count_if(story.events.begin(), story.events.end(),
                    [kind](const Event& event) { return event.kind == kind; }));
}

bool every_endpoint(const Story& story, Endpoint::Answer answer) {
  return std::all_of(story.known.begin(), story.known.end(),
                     [answer](const Endpoint& endpoint) { return endpoint.answer == answer; });
}

bool some_endpoint(const Story& story, Endpoint::Answer answer) {
  return std::any_of(story.known.begin(), story.known.end(),
                     [answer](const Endpoint& endpoint) { return endpoint.answer == answer; });
}

bool every_name_answers(const World& world) {
  return std::all_of(world.names.begin(), world.names.end(),
                     [](const LateName& name) { return name.answers_at != kNever; });
}

// Whether all that the race will ever know is known to it from the beginning.
bool knows_all(const World& world) { return world.names.empty() && world.other_sources.empty(); }

// How much later than at its time a limit may be acted on. To ask for more, and to be told, takes a
// turn of the loop each; where names are pending the loop has one to deliver them, and what it
// delivers has one to connect.
Micros slack(const World& world) { return knows_all(world) ? 0 : ms(4); }

bool without_limits(const World& world) {
  return world.options.timeout == kNever && world.options.attempt_timeout == kNever &&
         world.abort_at == kNever;
}

// The endings that let the next attempt start at once.
bool makes_room(const Event& event, std::size_t place, std::size_t decided) {
  return place < decided && (event.kind == Kind::kFailed || event.kind == Kind::kClose);
}

bool one_winner(const World& world, const Story& story) {
  const auto winners = std::count_if(
      story.attempts.begin(), story.attempts.end(),
      [](const AttemptState& attempt) { return attempt.outcome == Outcome::kConnected; });
  if (story.verdict != Verdict::kConnected) return winners == 0 && !story.winner;
  const std::size_t decided = decision(world, story);
  return winners == 1 && story.winner && decided < story.events.size() &&
         story.events[decided].kind == Kind::kConnected &&
         story.events[decided].attempt == *story.winner &&
         story.attempts[*story.winner].outcome == Outcome::kConnected;
}

bool nothing_starts_after_the_decision(const World& world, const Story& story) {
  const std::size_t decided = decision(world, story);
  for (std::size_t i = 0; i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    // After a stall, what the loop delivers late has a turn to connect, counted from there.
    const bool has_late_turn = !world.names.empty() && !world.stalls.empty();
    const Micros end = has_late_turn ? kNever : after(world.options.timeout, slack(world));
    if (event.kind == Kind::kStart && (i > decided || event.at >= end)) {
      return false;
    }
  }
  return true;
}

bool each_ends_once(const World& world, const Story& story) {
  if (story.still_in_flight != 0) return false;
  const std::size_t decided = decision(world, story);
  std::vector<int> ends(story.attempts.size());
  for (std::size_t i = 0; i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    const bool won = event.kind == Kind::kConnected && i == decided;
    if (!won && event.kind != Kind::kFailed && event.kind != Kind::kClose) continue;
    if (event.attempt >= ends.size()) return false;
    ++ends[event.attempt];
    if (story.attempts[event.attempt].ended != event.at) return false;
  }
  return std::all_of(ends.begin(), ends.end(), [](int times) { return times == 1; });
}

bool starts_in_list_order(const World&, const Story& story) {
  std::size_t next = 0;
  for (const Event& event : story.events) {
    if (event.kind != Kind::kStart) continue;
    if (event.attempt != next || event.at != story.attempts[next].started) return false;
    ++next;
  }
  return next == story.attempts.size() && next <= story.known.size();
}

bool starts_keep_their_distance(const World& world, const Story& story) {
  const std::size_t decided = decision(world, story);
  int delays_passed = 0;
  Micros earliest = 0;
  bool room = true;
  for (std::size_t i = 0; i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    if (makes_room(event, i, decided)) room = true;
    if (event.kind != Kind::kStart) continue;
    if (!room && event.at < earliest) return false;
    if (!room) ++delays_passed;
    earliest = after(event.at, delay_after(world, delays_passed));
    room = false;
  }
  return true;
}

bool starts_are_on_time(const World& world, const Story& story) {
  if (!world.stalls.empty() || !knows_all(world)) return true;
  const std::size_t decided = decision(world, story);
  std::size_t starts = 0;
  int delays_passed = 0;
  Micros latest = 0;
  bool room = true;
  for (std::size_t i = 0; i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    if (i <= decided && starts < world.endpoints.size() && event.at > latest) return false;
    if (makes_room(event, i, decided)) {
      latest = std::min(latest, event.at);
      room = true;
    }
    if (event.kind != Kind::kStart) continue;
    ++starts;
    if (!room) ++delays_passed;
    latest = after(event.at, delay_after(world, delays_passed));
    room = false;
  }
  return true;
}

bool one_by_one(const World& world, const Story& story) {
  if (world.options.attempt_delay != kNever) return true;
  int in_flight = 0;
  for (const Event& event : story.events) {
    if (event.kind == Kind::kStart) ++in_flight;
    if (event.kind == Kind::kFailed || event.kind == Kind::kClose) --in_flight;
    if (in_flight > 1) return false;
  }
  return true;
}

bool connects_if_possible(const World& world, const Story& story) {
  // One by one and without a limit, the race waits forever for the first that does not answer.
  const bool all_tried =
      world.options.attempt_delay != kNever || !some_endpoint(story, Endpoint::Answer::kNever);
  const bool possible =
      without_limits(world) && all_tried && some_endpoint(story, Endpoint::Answer::kConnects);
  return !possible || story.verdict == Verdict::kConnected;
}

bool all_are_tried(const World& world, const Story& story) {
  if (without_limits(world) && every_endpoint(story, Endpoint::Answer::kFails) &&
      every_name_answers(world) && story.verdict != Verdict::kAllFailed) {
    return false;
  }
  if (story.verdict != Verdict::kAllFailed) return true;
  return every_name_answers(world) && story.attempts.size() == story.known.size();
}

bool finishes_once(const World&, const Story& story) {
  return !story.endless && story.late_calls == 0 && count(story, Kind::kFinish) == 1 &&
         story.events.back().kind == Kind::kFinish && story.verdict != Verdict::kUndecided;
}

bool ends_after_its_start(const World&, const Story& story) {
  return std::all_of(story.attempts.begin(), story.attempts.end(), [](const AttemptState& attempt) {
    return attempt.started >= 0 && attempt.ended >= attempt.started && attempt.ended != kNever;
  });
}

bool only_the_limit_ends_an_attempt(const World& world, const Story& story) {
  const std::size_t decided = decision(world, story);
  for (std::size_t i = 0; i < decided; ++i) {
    const Event& event = story.events[i];
    if (event.kind != Kind::kClose) continue;
    const Micros limit =
        after(story.attempts[event.attempt].started, world.options.attempt_timeout);
    if (event.at < limit) return false;
  }
  if (!world.stalls.empty()) return true;
  return std::all_of(story.attempts.begin(), story.attempts.end(),
                     [&](const AttemptState& attempt) {
                       const Micros limit = after(attempt.started, world.options.attempt_timeout);
                       return attempt.ended <= after(limit, slack(world));
                     });
}

bool deadline_is_hard(const World& world, const Story& story) {
  const Micros end = story.events.back().at;
  if (story.verdict == Verdict::kDeadline) {
    // Something was left to wait for or to start: otherwise there is another answer already.
    const bool running = std::any_of(
        story.attempts.begin(), story.attempts.end(),
        [](const AttemptState& attempt) { return attempt.outcome == Outcome::kTimedOut; });
    if (!running && story.attempts.size() == story.known.size() && knows_all(world)) return false;
    if (end < world.options.timeout) return false;
  }
  return !world.stalls.empty() || end <= after(world.options.timeout, slack(world));
}

bool outcomes_say_what_happened(const World& world, const Story& story) {
  const std::size_t decided = decision(world, story);
  Outcome of_the_rest = Outcome::kTimedOut;
  if (story.verdict == Verdict::kConnected) of_the_rest = Outcome::kLost;
  if (story.verdict == Verdict::kAborted) of_the_rest = Outcome::kAborted;
  for (std::size_t i = 0; i < story.events.size(); ++i) {
    const Event& event = story.events[i];
    const bool ended = event.kind == Kind::kFailed || event.kind == Kind::kClose;
    if (!ended) continue;
    const Outcome at_the_end = i < decided ? Outcome::kTimedOut : of_the_rest;
    const Outcome expected = event.kind == Kind::kFailed ? Outcome::kFailed : at_the_end;
    if (story.attempts[event.attempt].outcome != expected) return false;
  }
  return true;
}

bool verdict_says_what_decided(const World& world, const Story& story) {
  const Event& event = story.events[std::min(decision(world, story), story.events.size() - 1)];
  switch (event.kind) {
    case Kind::kConnected:
      return story.verdict == Verdict::kConnected &&
             story.known[event.attempt].answer == Endpoint::Answer::kConnects;
    case Kind::kAbort:
      // The caller gives up at its time, or where an answer never comes.
      return story.verdict == Verdict::kAborted &&
             (event.at >= world.abort_at || some_endpoint(story, Endpoint::Answer::kNever) ||
              !every_name_answers(world));
    case Kind::kClose:
      return story.verdict == Verdict::kDeadline;
    case Kind::kFinish:
      return story.verdict == Verdict::kAllFailed || story.verdict == Verdict::kDeadline;
    default:
      return false;
  }
}

bool wakes_are_right(const World&, const Story& story) { return story.idle_wakes == 0; }

// The endpoints of a name that come when everything else has been started, and has failed or had
// its delay, wait for nothing but the turn of the loop that delivers them.
bool late_answers_start_at_once(const World& world, const Story& story) {
  if (!world.stalls.empty() || world.names.empty()) return true;
  std::size_t place = world.endpoints.size();
  std::vector<const LateName*> names;
  for (const LateName& name : world.names) {
    if (name.answers_at != kNever) names.push_back(&name);
  }
  std::stable_sort(names.begin(), names.end(), [](const LateName* a, const LateName* b) {
    return a->answers_at < b->answers_at;
  });
  for (const LateName* name : names) {
    const std::size_t first = place;
    place += name->endpoints.size();
    if (name->endpoints.empty() || place > story.known.size()) continue;
    Micros due = name->answers_at;
    for (std::size_t i = 0; i < first && i < story.attempts.size(); ++i) {
      const AttemptState& earlier = story.attempts[i];
      due = std::max(due, std::min(earlier.ended, after(earlier.started, ms(250))));
    }
    const Micros given = world.options.attempt_delay.value_or(ms(250));
    if (given > ms(250)) continue;
    // With the turns in which the race asked, was told, and limits were put off.
    const Micros latest = after(due, ms(5));
    const bool is_over = story.events.back().at <= latest;
    if (is_over) continue;
    if (first >= story.attempts.size() || story.attempts[first].started > latest) return false;
  }
  return true;
}

}  // namespace

const std::array<Rule, kRuleCount> kRaceRules = {{
    {"it finishes exactly once, and nothing follows", finishes_once},
    {"there is never a second winner: the first to connect wins", one_winner},
    {"nothing starts after a win, the deadline or an abort", nothing_starts_after_the_decision},
    {"everything that was started is ended exactly once", each_ends_once},
    {"attempts start in the order of the list", starts_in_list_order},
    {"a start keeps the delay from the one before, unless one has failed since (RFC 8305 section "
     "5)",
     starts_keep_their_distance},
    {"a start does not wait for longer than the delay, nor after a failure (RFC 8305 section 5)",
     starts_are_on_time},
    {"C08: with a delay of kNever there are never two attempts in flight", one_by_one},
    {"C07, C11: without limits it connects if any endpoint can be connected to",
     connects_if_possible},
    {"C07, C14: it says that all have failed only when all were tried", all_are_tried},
    {"no attempt ends before it has started", ends_after_its_start},
    {"an undecided race ends an attempt at the attempt timeout only, and there for certain",
     only_the_limit_ends_an_attempt},
    {"the deadline is hard, and expires only where something is left to do", deadline_is_hard},
    {"each outcome says how the attempt ended", outcomes_say_what_happened},
    {"the verdict says what decided the race", verdict_says_what_decided},
    {"the timer is never set for a time at which there is nothing to do", wakes_are_right},
    {"the addresses of a late name are tried at once where nothing else is left",
     late_answers_start_at_once},
}};

}  // namespace connect_by_list
