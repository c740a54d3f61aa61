#include "specification/proposal/totals.h"

#include <stdlib.h>
#include <string.h>

#include "base/tidy.h"
#include "specification/proposal/words.h"
#include "store/shard.h"

enum { ROWS_LOOKED_AT = 6, CELL_BYTES = 400, NOTE_COLUMNS_MIN = 3 };

bool totals_have(const facts *f, uint32_t index, uint32_t row) {
  for (uint32_t i = 0; i < f->totals_count; i++) {
    if (f->totals[i].shard == index && f->totals[i].row == row) {
      return true;
    }
  }
  return false;
}

/* The cell, tidy, in ROOM; empty: blank, or too long for a word. */
static slice cell_of(const packed_column *p, uint32_t row, char room[CELL_BYTES]) {
  const bool is_coded = packed_column_is_coded(p);
  const packed_cell cell =
      is_coded ? (packed_cell){.text = p->texts[packed_column_code(p, row)]} : packed_column_cell(p, row);
  if (cell.is_number) {
    memcpy(room, "0", 1);
    return (slice){room, 1}; /* no word, whichever it is */
  }
  return cell.text.length < CELL_BYTES ? tidy_text(cell.text, room) : (slice){"-", 1};
}

static slice without_colon(slice word) {
  static const char *const colons[] = {":", "："};
  for (size_t i = 0; i < sizeof colons / sizeof colons[0]; i++) {
    const size_t length = strlen(colons[i]);
    if (word.length > length && memcmp(word.bytes + word.length - length, colons[i], length) == 0) {
      return slice_trim((slice){word.bytes, word.length - length});
    }
  }
  return word;
}

static status find_column(shard *s, slice title, packed_column *p, error *err) {
  char *name = slice_copy(title);
  const status st = name == NULL ? error_no_memory(err, "the columns") : shard_find(s, name, p, err);
  free(name);
  return st;
}

/* Whether all columns from FIRST on are blank in ROW, or remarks, too ("checked by: ..."), of at least three.
 */
static status is_alone(const facts *f, shard *s, uint32_t first, uint32_t row, bool *out, error *err) {
  char room[CELL_BYTES];
  *out = f->count >= NOTE_COLUMNS_MIN;
  for (uint32_t i = first; *out && i < f->count; i++) {
    packed_column p;
    const status st = find_column(s, f->columns[i].title, &p, err);
    if (st != STATUS_NOT_FOUND) {
      TRY(st);
      const slice text = cell_of(&p, row, room);
      *out = text.length == 0 || words_begin(WORD_NOTE, text);
    }
  }
  return STATUS_OK;
}

/* *OUT: whether ROW is one of totals, or a remark. */
static status look_at(facts *f, shard *s, uint32_t index, uint32_t row, bool *out, error *err) {
  char room[CELL_BYTES];
  *out = false;
  for (uint32_t i = 0; i < f->count; i++) {
    packed_column p;
    const status st = find_column(s, f->columns[i].title, &p, err);
    if (st == STATUS_NOT_FOUND) {
      continue;
    }
    TRY(st);
    const slice text = cell_of(&p, row, room);
    if (text.length == 0) {
      continue;
    }
    bool is_note = words_begin(WORD_NOTE, text);
    TRY(is_note ? is_alone(f, s, i + 1, row, &is_note, err) : STATUS_OK);
    if ((is_note || words_have(WORD_TOTAL, without_colon(text))) && f->totals_count < FACTS_TOTALS_MAX) {
      const uint32_t *lines = shard_line_offsets(s);
      f->totals[f->totals_count++] = (total_row){
          .shard = index,
          .row = row,
          .column = i,
          .file = shard_file(s),
          .line = shard_first_line(s) + (lines != NULL ? lines[row] : row),
          .word = arena_slice(f->memory, text),
          .is_note = is_note,
      };
      *out = true;
    }
    return STATUS_OK;
  }
  return STATUS_OK;
}

typedef status visitor(facts *f, shard *s, uint32_t index, void *context, error *err);

static status visit(facts *f, const manifest *dataset, store *shards, uint32_t index, visitor *look,
                    void *context, error *err) {
  store_blob blob;
  shard *s = NULL;
  TRY(store_get(shards, &dataset->shards[index].name, &blob, err));
  status st = shard_open(blob.bytes, blob.length, "a shard", &s, err);
  st = st == STATUS_OK ? look(f, s, index, context, err) : st;
  shard_close(s);
  store_release(&blob);
  return st;
}

/* How far the rows of a file have been looked at, from its last one up. */
typedef struct file_end {
  uint32_t looked_at;
  bool is_first; /* the shard in hand begins the file, whose first row is a respondent's */
  bool is_over;
} file_end;

static status look_at_end(facts *f, shard *s, uint32_t index, void *context, error *err) {
  file_end *end = context;
  for (uint32_t row = shard_rows(s); row > (uint32_t)end->is_first && !end->is_over; row--) {
    bool is_total = false;
    TRY(look_at(f, s, index, row - 1, &is_total, err));
    end->is_over = !is_total || ++end->looked_at == ROWS_LOOKED_AT;
  }
  return STATUS_OK;
}

/* However the file is cut into shards, LAST is its last one. */
static status look_at_file(facts *f, const manifest *dataset, store *shards, uint32_t last, error *err) {
  file_end end = {.is_over = false};
  for (uint32_t i = last + 1;
       i > 0 && !end.is_over && dataset->shards[i - 1].file == dataset->shards[last].file; i--) {
    end.is_first = i == 1 || dataset->shards[i - 2].file != dataset->shards[last].file;
    TRY(visit(f, dataset, shards, i - 1, look_at_end, &end, err));
  }
  return STATUS_OK;
}

/* Adds to the rows that have the word of each total. */
static status count_words(facts *f, shard *s, uint32_t index, void *context, error *err) {
  uint64_t *counts = context;
  (void)index;
  for (uint32_t i = 0; i < f->totals_count; i++) {
    packed_column p;
    char room[CELL_BYTES];
    const status st = find_column(s, f->columns[f->totals[i].column].title, &p, err);
    if (st == STATUS_NOT_FOUND) {
      continue;
    }
    TRY(st);
    for (uint32_t row = 0; row < shard_rows(s); row++) {
      counts[i] += slice_equal(cell_of(&p, row, room), f->totals[i].word);
    }
  }
  return STATUS_OK;
}

static int by_row(const void *left, const void *right) {
  const total_row *a = left;
  const total_row *b = right;
  if (a->shard != b->shard) {
    return a->shard > b->shard ? 1 : -1;
  }
  return (a->row > b->row) - (a->row < b->row);
}

/* A word that other rows have, too, is an answer. */
static void drop_answers(facts *f, const uint64_t *counts) {
  bool keep[FACTS_TOTALS_MAX];
  uint32_t kept = 0;
  for (uint32_t i = 0; i < f->totals_count; i++) {
    uint64_t same = 0;
    for (uint32_t k = 0; k < f->totals_count; k++) {
      same += f->totals[k].column == f->totals[i].column && slice_equal(f->totals[k].word, f->totals[i].word);
    }
    keep[i] = counts[i] == same;
  }
  for (uint32_t i = 0; i < f->totals_count; i++) {
    if (keep[i]) {
      f->totals[kept++] = f->totals[i];
    }
  }
  f->totals_count = kept;
  if (kept > 0) {
    qsort(f->totals, kept, sizeof f->totals[0], by_row);
  }
}

status totals_find(facts *f, const manifest *dataset, store *shards, error *err) {
  uint64_t counts[FACTS_TOTALS_MAX] = {0};
  for (uint32_t i = 0; i < dataset->shards_count; i++) {
    const bool is_last =
        i + 1 == dataset->shards_count || dataset->shards[i + 1].file != dataset->shards[i].file;
    TRY(is_last ? look_at_file(f, dataset, shards, i, err) : STATUS_OK);
  }
  for (uint32_t i = 0; f->totals_count > 0 && i < dataset->shards_count; i++) {
    TRY(visit(f, dataset, shards, i, count_words, counts, err));
  }
  drop_answers(f, counts);
  return arena_failed(f->memory) ? error_no_memory(err, "the columns") : STATUS_OK;
}
