/* What hostile peers know, and the messages that they make of it: nearly right, chosen from a seed. */
#ifndef CANVASS_TESTS_BROKER_HOSTILE_WORLD_H
#define CANVASS_TESTS_BROKER_HOSTILE_WORLD_H

#include "tests/broker/shell_fixture.h"
#include "tests/seeded.h"

enum { HOSTILE_BLOBS = 10, HOSTILE_FRAMES_MAX = 6 };

/* What all hostile peers of a test know. */
typedef struct hostile_world {
  shell *shell;
  seeded random;
  sample blobs[HOSTILE_BLOBS]; /* some small, one larger than a frame, the last one a manifest of others */
  const char *spared;          /* a dataset that they leave alone; NULL: none */
  core_job_id job;             /* a job that they know of */
  bool works;                  /* workers among them take tasks, and ruin them */
  bool holds_little;           /* they say of few shards that they hold them */
} hostile_world;

void hostile_world_init(hostile_world *w, shell *s, uint64_t seed);
void hostile_world_fini(hostile_world *w);

/* ---- Choices */
uint64_t hostile_below(hostile_world *w, uint64_t count);
bool hostile_one_in(hostile_world *w, uint64_t count);
const sample *hostile_blob(hostile_world *w);
uint64_t hostile_number(hostile_world *w);

/* ---- Messages */
/* The fields without which KIND is not understood. */
uint64_t hostile_needed(message_kind kind);
/* Without a request.  What it points to is good until the next one. */
message hostile_message(hostile_world *w, message_kind kind);

typedef struct hostile_frames {
  buf bytes[HOSTILE_FRAMES_MAX];
  size_t count;
} hostile_frames;

/* Payloads for a message of KIND, mostly as many as it may have. */
void hostile_frames_make(hostile_world *w, message_kind kind, hostile_frames *out);
void hostile_frames_fini(hostile_frames *f);
/* What payload INDEX is to be, or anything. */
void hostile_frame(hostile_world *w, message_kind kind, size_t index, buf *out);

#endif
