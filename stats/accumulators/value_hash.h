/* Canonical values as 128-bit hashes (XXH3): equal answers, equal hashes, whatever the encoding.
 *
 * What is hashed: a number's mantissa and a numeric key as 8 bytes, least significant first; a text as
 * its bytes; a set as its chosen options, joined in the bytewise order of their texts. */
#ifndef CANVASS_STATS_ACCUMULATORS_VALUE_HASH_H
#define CANVASS_STATS_ACCUMULATORS_VALUE_HASH_H

#include "stats/frame/frame.h"

typedef struct value_hash {
  uint64_t high, low;
} value_hash;

/* One variable of a frame; the key hashes are owned. */
typedef struct hashed_variable {
  variable_form form;
  coded_view coded;
  number_view number;
  text_view text;
  set_view set;
  value_hash *keys; /* coded: by slot; set: by option */
  uint32_t *order;  /* set: options by text */
} hashed_variable;

value_hash value_hash_of(const void *bytes, size_t length);
/* Of a sequence: start with {0, 0}, join each. */
value_hash value_hash_join(value_hash so_far, value_hash next);
status hashed_variable_init(frame *f, uint32_t variable, hashed_variable *out, error *err) MUST_USE;
void hashed_variable_fini(hashed_variable *v); /* harmless on a zeroed one */
/* False when there is no answer. */
bool hashed_variable_at(const hashed_variable *v, uint32_t row, value_hash *out);

#endif
