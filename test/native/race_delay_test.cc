// How long the race waits between two starts.

#include <doctest/doctest.h>

#include "simulated_world.h"

namespace connect_by_list {

TEST_SUITE("the delay between two starts") {
  TEST_CASE("RFC 8305 section 5: 250 ms before the second start, then 125, and never below 100") {
    World world;
    world.endpoints = std::vector<Endpoint>(6, never_answers());
    world.endpoints.push_back(connects_after(0));
    CHECK(
        run(world).starts() ==
        "0 start 0, 250 start 1, 375 start 2, 475 start 3, 575 start 4, 675 start 5, 775 start 6");
  }

  TEST_CASE("RFC 8305 section 5: after a failure the next one starts at once") {
    World world;
    world.endpoints = {fails_after(ms(5)), fails_after(0), fails_after(ms(2)),
                       connects_after(ms(1))};
    CHECK(run(world).text() ==
          "0 start 0, 5 failed 0, 5 start 1, 5 failed 1, 5 start 2, 7 failed 2, 7 start 3, "
          "8 connected 3, 8 finish as connected");
  }

  TEST_CASE("the delay counts from the last start, not from the start before it") {
    World world;
    world.endpoints = {fails_after(ms(200)), never_answers(), connects_after(0)};
    CHECK(run(world).starts() == "0 start 0, 200 start 1, 450 start 2");
  }

  TEST_CASE("only a delay that passed without an answer makes the next one shorter") {
    // The failures at 10 and 20 ms are answers: the network is there, and the next in line gets its
    // 250.
    World world;
    world.endpoints = {fails_after(ms(10)), fails_after(ms(10)), never_answers(), never_answers(),
                       connects_after(0)};
    CHECK(run(world).starts() == "0 start 0, 10 start 1, 20 start 2, 270 start 3, 395 start 4");
    // With another in flight it is no different: one delay has passed, then there is a failure at
    // 260.
    world.endpoints = {never_answers(), fails_after(ms(10)), never_answers(), connects_after(0)};
    CHECK(run(world).starts() == "0 start 0, 250 start 1, 260 start 2, 385 start 3");
  }

  TEST_CASE("an attempt that took too long makes no delay shorter either") {
    World world;
    world.endpoints = {never_answers(), never_answers(), never_answers(), connects_after(0)};
    world.options.attempt_timeout = ms(300);
    CHECK(run(world).starts() == "0 start 0, 250 start 1, 300 start 2, 425 start 3");
  }

  TEST_CASE("the failure of an attempt that is not the last also starts the next one") {
    World world;
    world.endpoints = {fails_after(ms(300)), never_answers(), connects_after(0)};
    CHECK(run(world).starts() == "0 start 0, 250 start 1, 300 start 2");
  }

  TEST_CASE("a delay that is given stays as it is") {
    World world;
    world.endpoints = std::vector<Endpoint>(4, never_answers());
    world.endpoints.push_back(connects_after(0));
    world.options.attempt_delay = ms(10);
    CHECK(run(world).starts() == "0 start 0, 10 start 1, 20 start 2, 30 start 3, 40 start 4");
  }

  TEST_CASE("a delay given as 500 ms does not become shorter either") {
    World world;
    world.endpoints = {never_answers(), never_answers(), connects_after(0)};
    world.options.attempt_delay = ms(500);
    CHECK(run(world).starts() == "0 start 0, 500 start 1, 1000 start 2");
  }

  TEST_CASE("C08: a delay of kNever means strictly one by one") {
    World world;
    world.endpoints = {fails_after(ms(21'000)), fails_after(ms(21'000)), connects_after(ms(20))};
    world.options.attempt_delay = kNever;
    CHECK(run(world).text() ==
          "0 start 0, 21000 failed 0, 21000 start 1, 42000 failed 1, 42000 start 2, "
          "42020 connected 2, 42020 finish as connected");
  }

  TEST_CASE(
      "C08, C11: one by one and without limits it waits for the first for as long as it takes") {
    World world;
    world.endpoints = {never_answers(), connects_after(0)};
    world.options.attempt_delay = kNever;
    world.abort_at = ms(3'600'000);
    CHECK(run(world).text() ==
          "0 start 0, 3600000 abort, 3600000 close 0 as aborted, 3600000 finish as aborted");
  }

  TEST_CASE("C08: an attempt that runs into the attempt timeout makes room like one that failed") {
    World world;
    world.endpoints = {never_answers(), connects_after(ms(10))};
    world.options.attempt_delay = kNever;
    world.options.attempt_timeout = ms(1'000);
    CHECK(run(world).text() ==
          "0 start 0, 1000 close 0 as timed out, 1000 start 1, 1010 connected 1, "
          "1010 finish as connected");
  }
}

}  // namespace connect_by_list
