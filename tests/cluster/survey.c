#include "tests/cluster/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

enum { ITEMS = 8, ROW_BYTES = 40, FIRST_LINES = 8001 };

const char survey_shipped_data[] = CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv";
const char survey_shipped_spec[] = CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml";
const char survey_airline_data[] =
    CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz";
const char survey_airline_spec[] = CANVASS_SOURCE_DIR "/examples/airline/spec.yaml";

const char survey_long_spec[] =
    "variables:\n"
    "  'q*': {type: scale, range: [0, 9]}\n"
    "  group: {type: nominal}\n"
    "  month: {type: number}\n"
    "analyses:\n"
    "  - csat: {items: ['q*'], boxes: 2, by: group}\n"
    "  - correlate: {items: ['q*'], method: both}\n"
    "  - segment: {items: ['q*'], k: '2..4'}\n";

const char survey_short_spec[] =
    "variables:\n"
    "  q1: {type: scale, range: [0, 9]}\n"
    "analyses:\n"
    "  - csat: {items: q1, boxes: 2}\n";

bool survey_airline_is_there(void) {
  if (access(survey_airline_data, R_OK) == 0) {
    return true;
  }
  print_message("skipped: %s is not here\n", survey_airline_data);
  return false;
}

bool survey_airline(const char *directory, char path[512]) {
  if (!survey_airline_is_there()) {
    return false;
  }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  char command[1200];
  (void)snprintf(path, 512, "%s/airline_passenger_satisfaction.csv.gz", directory);
  (void)snprintf(command, sizeof command, "gzip -dc '%s' | head -n %d | gzip > '%s'", survey_airline_data,
                 FIRST_LINES, path);
  assert_int_equal(system(command), 0);
#else
  (void)directory;
  (void)snprintf(path, 512, "%s", survey_airline_data);
#endif
  return true;
}

void survey_write(const char *directory, const char *name, uint32_t rows, uint32_t month, uint64_t seed,
                  char path[256]) {
  seeded r = {seed};
  char *text = malloc(((size_t)rows + 3) * ROW_BYTES);
  assert_non_null(text);
  char *at = text + sprintf(text, "q1,q2,q3,q4,q5,q6,q7,q8,group,month\n");
  for (uint32_t row = 0; row < rows; row++) {
    const uint64_t group = seeded_below(&r, 3);
    uint64_t bits = seeded_next(&r);
    for (int item = 0; item < ITEMS; item++) {
      /* Answers depend on the group, so that there are segments to find. */
      *at++ = (char)('0' + (bits % 7 + group + (item < 4 ? group / 2 : 0)) % 10);
      *at++ = ',';
      bits /= 7;
    }
    at += sprintf(at, "%c,%u\n", (char)('a' + group), month);
  }
  process_write_file(directory, name, text, (size_t)(at - text), path, 256);
  free(text);
}

void survey_write_spec(const char *directory, const char *name, const char *text, char path[256]) {
  process_write_file(directory, name, text, strlen(text), path, 256);
}
