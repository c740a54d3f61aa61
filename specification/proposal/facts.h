/* What stands in each column of a dataset, counted over all rows.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_FACTS_H
#define CANVASS_SPECIFICATION_PROPOSAL_FACTS_H

#include "base/arena.h"
#include "base/decimal.h"
#include "base/table.h"
#include "reading/platform.h"
#include "store/manifest.h"
#include "store/store.h"

enum {
  FACTS_TEXTS_MAX = 4096,     /* different texts of a column that are kept */
  FACTS_UNIQUE_MAX = 4 << 20, /* rows up to which it is known that no text stands twice */
  FACTS_DATE_SETS = 16,
};

typedef struct fact_text {
  slice text; /* tidy; empty beyond FACTS_TEXTS_MAX */
  uint64_t hash, count;
  const char *reason; /* it is no answer (absences.h); NULL: it may be one */
  bool is_sure;       /* of a reason: also among words */
  bool is_platforms;  /* of a reason: a platform or the file's dictionary gives it, so it need not be declared
                       */
} fact_text;

/* Rows whose texts fit the same formats of dates. */
typedef struct date_set {
  uint64_t formats; /* bit I: format I of dates.h */
  uint64_t count;
} date_set;

/* Counts are of rows.  All from PLAIN on are of texts that may be answers; as soon as one is no number in any
 * form, they are 0 up to DRESSED, and as soon as one is no date, there are no sets of dates: then nothing
 * else matters, and columns of many texts are read faster. */
typedef struct column_facts {
  slice title, label;        /* borrowed from the manifest */
  const column_codes *codes; /* the same: what the file's dictionary says */
  bool lacking;              /* some file does not have it */
  uint64_t rows, blank, absent;
  fact_text *texts;
  uint32_t texts_count;
  size_t texts_capacity;
  hash_table places;
  bool many;    /* more texts than are kept */
  bool repeats; /* some text stands in several rows */
  uint64_t plain, comma, whole, padded, lengthy, leading;
  uint64_t dressed; /* numbers with a currency, a unit or marks between thousands around their digits */
  const char *prefix, *suffix; /* of those: static; "": none */
  bool thousands;
  bool no_numbers, no_dates;
  bool has_fraction; /* of COMMA: some could hardly be a list */
  bool any_number;
  decimal low, high; /* of all numbers, however they are written */
  uint64_t bytes;
  date_set dates[FACTS_DATE_SETS];
  uint32_t dates_count;
} column_facts;

typedef struct facts {
  arena *memory;
  const platform *platform; /* whose cells that are no answers hold; NULL: none's */
  column_facts *columns;    /* as the manifest's */
  uint32_t count;
  uint64_t rows;
} facts;

/* Zeroed: nothing.  FACTS_FINI in any case. */
status facts_gather(facts *f, const manifest *dataset, store *shards, error *err) MUST_USE;
void facts_fini(facts *f);
/* Rows whose cell may be an answer. */
uint64_t facts_answers(const column_facts *c);
/* COUNT rows of C have the cell TEXT; false: out of memory. */
bool facts_take(facts *f, column_facts *c, slice text, uint64_t count);
/* Is TEXT the code, or within the range? */
bool facts_is_code(slice text, const code_range *range);
/* How many different texts may be answers, when they are all kept. */
uint32_t facts_distinct(const column_facts *c);

#endif
