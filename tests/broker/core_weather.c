#include "tests/broker/core_weather.h"

#include "tests/broker/core_history.h"

static const weather weathers[] = {
    {.name = "a task that kills its workers", .poison = 100, .slow = 20},
    {.name = "wedged workers", .wedged = 60, .slow = 20},
    {.name = "bad lines", .lost = 3, .twice = 10, .late = 20, .cut = 3, .losses = 30},
    {.name = "killed brokers and workers", .kill = 3, .leave = 1, .crash = 2, .twice = 5, .losses = 30},
    {.name = "liars", .liar = 40, .cut = 3, .wedged = 20, .losses = 30},
    {.name = "all of it",
     .lost = 1,
     .twice = 3,
     .late = 5,
     .kill = 1,
     .leave = 1,
     .cut = 1,
     .crash = 1,
     .slow = 10,
     .wedged = 20,
     .liar = 10,
     .fail = 1,
     .poison = 30,
     .losses = 30},
    {.name = "one faulty worker", .one_is_faulty = true, .twice = 5, .cut = 1, .losses = 30},
    {.name = "a lying key", .one_is_faulty = true, .is_verified = true, .twice = 5, .cut = 1, .losses = 30},
    {.name = "shards that are given up",
     .shards = 100,
     .crash = 1,
     .twice = 5,
     .late = 20,
     .slow = 40,
     .wedged = 10},
};
enum { WEATHERS = sizeof weathers / sizeof *weathers };

const weather *weather_of(uint64_t seed) {
  return &weathers[seed / HISTORY_SEEDS_STEP % WEATHERS];
}
