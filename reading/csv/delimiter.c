/* Each of the delimiters is tried on the first records. */
#include "reading/csv/delimiter.h"

#include "reading/csv/walk.h"

enum { RECORDS_MAX = 10, LOOK_BYTES = 64 << 10 };

typedef struct trial {
  int fits; /* the header: 0, it does not stand there; 1, behind a closing quote stands something else; 2 */
  uint32_t records;  /* that were looked at behind the header; at least 1 */
  uint32_t agreeing; /* of them: with as many cells as the header */
  uint32_t cells;    /* of the header */
} trial;

static trial try(const csv_splitter *s, size_t length, char delimiter) {
  const uint8_t *text = s->rest.text;
  csv_walk walk = csv_walk_record(text, length, delimiter, NULL);
  trial t = {.cells = walk.cells, .fits = walk.cells <= 1 ? 0 : walk.wrong ? 1 : 2};
  size_t at = walk.end;
  for (int i = 0; t.fits > 0 && i < RECORDS_MAX && walk.end > 0; i++) {
    at += csv_walk_empty_lines(text + at, length - at);
    walk = csv_walk_record(text + at, length - at, delimiter, NULL);
    t.records += walk.end > 0;
    t.agreeing += walk.end > 0 && !walk.wrong && walk.cells == t.cells;
    at += walk.end;
  }
  t.records += t.records == 0;
  return t;
}

/* <0: A is the better one.  Shares count: a wrong delimiter cuts records of several lines into more of them.
 */
static int compare(const trial *a, const trial *b) {
  if (a->fits != b->fits) {
    return b->fits - a->fits;
  }
  const uint32_t of_a = a->agreeing * b->records;
  const uint32_t of_b = b->agreeing * a->records;
  const int order = (of_a < of_b) - (of_a > of_b);
  return order != 0 ? order : (a->cells < b->cells) - (a->cells > b->cells);
}

status csv_delimiter_find(csv_splitter *s, size_t header_bytes, char *delimiter, bool *is_tied, error *err) {
  const size_t most = header_bytes + LOOK_BYTES;
  while (s->rest.length < most && !s->ended) {
    TRY(csv_splitter_more(s, err));
  }
  const size_t length = s->rest.length < most ? s->rest.length : most;
  trial best = try(s, length, csv_delimiters[0]);
  *delimiter = csv_delimiters[0];
  *is_tied = false;
  for (int i = 1; i < CSV_DELIMITERS; i++) {
    const trial other = try(s, length, csv_delimiters[i]);
    const int order = compare(&other, &best);
    *is_tied = order < 0 ? false : *is_tied || (order == 0 && other.fits > 0);
    if (order < 0) {
      best = other;
      *delimiter = csv_delimiters[i];
    }
  }
  return STATUS_OK;
}
