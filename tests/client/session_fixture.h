/* What tests of blobs through a session share: a session with a broker that does as told, random bytes, and
 * an upload of them. */
#ifndef CANVASS_TESTS_CLIENT_SESSION_FIXTURE_H
#define CANVASS_TESTS_CLIENT_SESSION_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/session_state.h"
#include "store/manifest.h"
#include "store/store.h"
#include "tests/check.h"
#include "tests/client/book.h"
#include "tests/process.h"

enum { MIB = 1 << 20 };

typedef struct fixture {
  book book; /* its lists are fixture_listing */
  session *link;
  buf report;
  store *shards;
  manifest *dataset;
  session_put_counts counts;
  error err;
} fixture;

int fixture_set_up(void **state);
int fixture_tear_down(void **state);
/* The broker begins to answer, and F's session connects, which waits for answers as long as it takes. */
void fixture_begin(fixture *f);
/* Three jobs, two of which begin with the same four digits. */
extern const char fixture_listing[];

#define OK(call)                                 \
  do {                                           \
    if ((call) != STATUS_OK) {                   \
      fail_msg("%s: %s", #call, f->err.message); \
    }                                            \
  } while (0)

uint8_t *random_bytes(uint64_t seed, size_t length); /* to be freed */
status upload_bytes(fixture *f, const uint8_t *bytes, size_t length, digest *name, upload *out);
/* Stops the broker and looks whether it has the blob. */
void check_arrived(fixture *f, const digest *name, const uint8_t *bytes, size_t length);

#endif
