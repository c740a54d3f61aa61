/* What each column of a dataset contains, counted over all rows.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_FACTS_H
#define CANVASS_SPECIFICATION_PROPOSAL_FACTS_H

#include "base/arena.h"
#include "base/decimal.h"
#include "base/table.h"
#include "reading/platform.h"
#include "specification/proposal/dates.h"
#include "store/manifest.h"
#include "store/store.h"

enum {
  FACTS_TEXTS_MAX = 4096,     /* distinct texts that are kept of a column */
  FACTS_UNIQUE_MAX = 4 << 20, /* rows up to which repeated texts are noticed */
  FACTS_DATE_SETS = 16,
  FACTS_WORDS_MAX = 5, /* different texts without a form that may stand for no answer */
  FACTS_TOTALS_MAX = 16,
};

typedef struct fact_text {
  slice text; /* tidy; empty beyond FACTS_TEXTS_MAX */
  uint64_t hash, count;
  const char *reason; /* why it is not an answer (absences.h); NULL: it may be one */
  bool is_sure;       /* the reason holds among words, too */
  bool is_platforms;  /* a platform or the file's dictionary gives the reason: no need to declare it */
  bool is_word;       /* neither a number nor a date, in a column that may be of such */
  bool is_total;      /* names a row of totals */
} fact_text;

/* The rows whose texts fit the same formats of dates. */
typedef struct date_set {
  uint64_t formats; /* bit I: format I of dates.h */
  uint64_t count;
} date_set;

/* A row that is not a respondent: it has sums or means of the others, or a remark on the table. */
typedef struct total_row {
  uint32_t shard, row, column; /* the column that says so */
  uint32_t file;
  uint64_t line;
  slice word;
  bool is_note; /* a remark below the table */
} total_row;

/* Counts are of rows, those of totals left out.  All from PLAIN on are of texts that may be answers; as soon
 * as one is no number in any form, they are 0 up to DRESSED, and as soon as one is no date, there are no sets
 * of dates: then nothing else matters, and columns of many texts are read faster.  Up to FACTS_WORDS_MAX
 * texts that are neither do not count in this: where most others are numbers or dates, they are no answers.
 */
typedef struct column_facts {
  slice title, label;        /* borrowed from the manifest */
  const column_codes *codes; /* also borrowed: what the file's dictionary says */
  bool lacking;              /* some file does not have the column */
  uint64_t rows, blank, absent;
  fact_text *texts;
  uint32_t texts_count;
  size_t texts_capacity;
  hash_table places;
  bool many;    /* it has more texts than are kept */
  bool repeats; /* some text occurs in several rows */
  uint64_t plain, comma, whole, padded, lengthy, leading;
  uint64_t dressed;            /* numbers with a currency, a unit or thousands separators */
  const char *prefix, *suffix; /* what they have in common; static; "": nothing */
  bool thousands;
  bool no_numbers, no_dates;
  uint32_t words_count; /* of the texts */
  uint64_t words_rows;
  bool has_fraction; /* of COMMA: some can hardly be lists */
  bool any_number;
  decimal low, high; /* of all numbers, in whatever form */
  uint64_t bytes;
  date_set dates[FACTS_DATE_SETS];
  uint32_t dates_count;
  date_span spans[DATE_WAYS_MAX]; /* of the texts that may be dates */
} column_facts;

typedef struct facts {
  arena *memory;
  const platform *platform; /* whose marks for missing answers apply; NULL: none's */
  column_facts *columns;    /* one for each of the manifest's */
  uint32_t count;
  uint64_t rows;
  total_row totals[FACTS_TOTALS_MAX];
  uint32_t totals_count;
} facts;

/* F needs no preparation; the caller calls facts_fini in any case. */
status facts_gather(facts *f, const manifest *dataset, store *shards, error *err) MUST_USE;
void facts_fini(facts *f);
/* Rows whose cell may be an answer. */
uint64_t facts_answers(const column_facts *c);
/* COUNT rows of C have the cell TEXT; false: out of memory. */
bool facts_take(facts *f, column_facts *c, slice text, uint64_t count);
/* Whether TEXT is the code, or within the range. */
bool facts_is_code(slice text, const code_range *range);
/* T of C, which was taken for no answer, is one. */
void facts_answer_after_all(column_facts *c, fact_text *t);
/* How many distinct texts may be answers, if all are kept. */
uint32_t facts_distinct(const column_facts *c);

#endif
