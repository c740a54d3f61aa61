/* One pass over a file, on the calling thread, with all of its columns. */
#include "reading/totals.h"

#include <stdlib.h>
#include <string.h>

#include "reading/totals_rows.h"
#include "reading/values.h"

/* ---- For decoders -------------------------------------------------------------------------------- */

static total_word word_of(const total_words *words, slice text) {
  return total_words_may(words, text) ? total_word_of(words, text) : TOTAL_WORD_NONE;
}

bool totals_suspect(const total_words *words, slice text, uint32_t first, bool is_near_end) {
  return (first > 0 && is_near_end) || word_of(words, text) != TOTAL_WORD_NONE;
}

bool totals_note(const reading_options *o, const total_words *words, row_places *places, slice text,
                 uint32_t first, bool is_near_end) {
  const total_word word = word_of(words, text);
  if (o->totals == READING_TOTALS_LEAVE_OUT && word >= TOTAL_WORD_PLAIN) {
    return true;
  }
  places->suspects += word != TOTAL_WORD_NONE;
  places->has_nameless = places->has_nameless || (first > 0 && is_near_end);
  if (word == TOTAL_WORD_PLAIN || word == TOTAL_WORD_SURE) {
    file_skipped_note(&places->named, places->line);
  }
  return false;
}

static int compare_ordinals(const void *left, const void *right) {
  const uint64_t a = *(const uint64_t *)left;
  const uint64_t b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

bool totals_left_out(const reading_options *o, uint64_t ordinal) {
  return o->left_out_count > 0 && ordinal >= o->left_out[0] &&
         ordinal <= o->left_out[o->left_out_count - 1] &&
         bsearch(&ordinal, o->left_out, o->left_out_count, sizeof ordinal, compare_ordinals) != NULL;
}

/* ---- Rows ---------------------------------------------------------------------------------------- */

/* The file in hand: T, and the rows of a piece that are suspects. */
typedef struct examining {
  totals_file t;
  total_words words;
  const input_file *f;
  row_places places;
  arena *scratch; /* of the cells of a row */
  slice *cells;
  uint32_t row;         /* of the piece */
  uint64_t end;         /* the ordinal behind the file */
  size_t first_suspect; /* of the piece */
} examining;

static bool begin_segment(totals_file *t) {
  tally *segment = ARENA_ARRAY(t->memory, tally, (size_t)t->tallied + 1);
  if (segment == NULL || !ARRAY_ROOM_IN(t->memory, t->segments, t->segments_count, t->segments_capacity)) {
    return false;
  }
  t->segments[t->segments_count++] = segment;
  return true;
}

/* The row's cells become those of a suspect; its place is known once the piece is read. */
static bool take_suspect(examining *e, uint32_t first, total_word word) {
  totals_file *t = &e->t;
  slice *cells = ARENA_ARRAY(t->memory, slice, (size_t)t->columns + 1);
  if (cells == NULL || !ARRAY_ROOM_IN(t->memory, t->suspects, t->suspects_count, t->suspects_capacity)) {
    return false;
  }
  for (uint32_t c = 0; c < t->columns; c++) {
    cells[c] = arena_slice(t->memory, e->cells[c]);
  }
  t->suspects[t->suspects_count++] = (suspect_row){
      .ordinal = e->row, .cells = cells, .first = first, .word = word, .segment = t->segments_count - 1};
  return begin_segment(t) && !arena_failed(t->memory);
}

static void take_order(totals_file *t, slice text) {
  decimal number;
  const bool is_first = t->rows == t->lacks_first;
  if (!decimal_parse(text, t->mark, &number)) {
    t->is_ascending = false;
  } else if (!is_first && decimal_compare(number, t->last_first) <= 0) {
    t->is_ascending = false;
  } else {
    t->last_first = number;
  }
}

static void tally_cell(tally *into, slice text, char mark) {
  tally one = {.filled = 1};
  unsigned decimals;
  bool is_percent;
  if (totals_number(text, mark, &one.sum, &decimals, &is_percent)) {
    const long double number = (long double)one.sum / 1000000;
    one.numbers = 1;
    one.low = one.high = one.sum;
    one.squares = number * number;
    one.has_fraction = one.sum % 1000000 != 0;
  }
  tally_add(into, &one);
}

/* It begins with a digit, and more than half of it is digits: 17, 2025/03/01 9:10:11 AM GMT+1, but not 3M. */
static bool is_number_or_time(slice text) {
  size_t digits = 0;
  size_t others = 0;
  for (size_t i = 0; i < text.length; i++) {
    const bool is_digit = text.bytes[i] >= '0' && text.bytes[i] <= '9';
    digits += is_digit;
    others += !is_digit && text.bytes[i] != ' ';
  }
  return digits > others && text.bytes[0] >= '0' && text.bytes[0] <= '9';
}

static void count_respondent(totals_file *t, tally *segment, const slice *cells) {
  uint32_t filled = 0;
  for (uint32_t c = 0; c < t->columns; c++) {
    filled += cells[c].length > 0;
    if (c < t->tallied && cells[c].length > 0) {
      tally_cell(&segment[c], cells[c], t->mark);
    }
  }
  const bool has_first = cells[0].length > 0;
  t->rows++;
  t->lonely += filled == 1;
  t->lacks_first += !has_first;
  t->unlike += has_first && !is_number_or_time(cells[0]);
}

static void take_respondent(examining *e) {
  totals_file *t = &e->t;
  if (e->cells[0].length > 0) {
    take_order(t, e->cells[0]);
  }
  count_respondent(t, t->segments[t->segments_count - 1], e->cells);
}

/* Rows without their first cell matter at the end alone. */
static bool take_row(examining *e, bool is_near_end) {
  totals_file *t = &e->t;
  uint32_t first = 0;
  while (first < t->columns && e->cells[first].length == 0) {
    first++;
  }
  const total_word word = first < t->columns ? word_of(&e->words, e->cells[first]) : TOTAL_WORD_NONE;
  const bool is_nameless = word == TOTAL_WORD_NONE && first > 0 && first < t->columns && is_near_end;
  if (word != TOTAL_WORD_NONE || is_nameless) {
    return take_suspect(e, first, word);
  }
  take_respondent(e);
  return true;
}

static bool text_of_cell(examining *e, const input_rows *rows, uint32_t row, uint32_t cell, slice *out) {
  const input_format *format = e->f->format;
  return rows->values != NULL
             ? value_text(&rows->values[(size_t)row * rows->cells + cell], e->t.mark, e->scratch, out)
             : format->text_of(input_raw_cell(rows, row, cell), e->scratch, out);
}

/* So many records follow a row of the batch at least as rows follow it there. */
static bool take(void *context, const input_rows *rows) {
  examining *e = context;
  bool well = true;
  for (uint32_t row = 0; well && row < rows->count; row++, e->row++) {
    const uint64_t ordinal = e->places.ordinal - (rows->count - row);
    arena_clear(e->scratch);
    for (uint32_t c = 0; well && c < e->t.columns; c++) {
      well = text_of_cell(e, rows, row, c, &e->cells[c]);
    }
    well = well && !arena_failed(e->scratch) && take_row(e, ordinal + TOTALS_NEAR_END >= e->end);
  }
  return well;
}

/* ---- The file ------------------------------------------------------------------------------------ */

/* Where the suspects of the piece are: so far it was only known which of its rows they are. */
static void place_suspects(examining *e) {
  const row_places *p = &e->places;
  uint32_t gap = 0;
  uint64_t records = 0;
  uint64_t lines = 0;
  for (size_t i = e->first_suspect; i < e->t.suspects_count; i++) {
    suspect_row *s = &e->t.suspects[i];
    const uint32_t row = (uint32_t)s->ordinal;
    for (; gap < p->gaps_count && p->gap_rows[gap] <= row; gap++) {
      records += p->gap_records[gap];
      lines += p->gap_lines[gap];
    }
    s->ordinal = p->first_ordinal + row + records;
    s->line = p->first_line + row + lines;
  }
  e->first_suspect = e->t.suspects_count;
}

static status read_piece(examining *e, void *decoder, const input_piece *piece, const uint32_t *columns,
                         error *err) {
  const input_sink sink = {.places = &e->places,
                           .columns = columns,
                           .count = e->t.columns,
                           .decimal_mark = e->t.mark,
                           .memory = e->scratch,
                           .take = take,
                           .context = e};
  e->row = 0;
  if (!places_start(&e->places, piece->first_ordinal, piece->first_line)) {
    return error_no_memory(err, e->f->title);
  }
  TRY(e->f->format->decode(decoder, e->f, piece, &sink, err));
  place_suspects(e);
  return STATUS_OK;
}

static status go_on(const input_file *f, error *err) {
  const reading_options *o = f->options;
  const bool goes_on = o->progress == NULL || o->progress(o->context, 0, f->format->position(f), 0);
  return goes_on ? STATUS_OK : error_set(err, STATUS_INTERRUPTED, "reading was stopped");
}

static status read_pieces(examining *e, input_file *f, void *decoder, const uint32_t *columns, error *err) {
  const uint32_t records = READING_SHARD_ROWS_DEFAULT;
  input_piece piece = {.is_end = false};
  status st = STATUS_OK;
  while (st == STATUS_OK && !piece.is_end) {
    st = input_piece_prepare(&piece, f) ? f->format->cut(f, records, &piece, err)
                                        : error_no_memory(err, f->title);
    st = st == STATUS_OK ? go_on(f, err) : st;
    st = st == STATUS_OK ? read_piece(e, decoder, &piece, columns, err) : st;
  }
  input_piece_fini(&piece);
  return st;
}

static status read_all(examining *e, input_file *f, error *err) {
  totals_file *t = &e->t;
  void *decoder = f->format->decoder_new();
  uint32_t *columns = ARENA_ARRAY(t->memory, uint32_t, (size_t)t->columns + 1);
  e->cells = ARENA_ARRAY(t->memory, slice, (size_t)t->columns + 1);
  status st = decoder != NULL && e->cells != NULL && columns != NULL && begin_segment(t)
                  ? STATUS_OK
                  : error_no_memory(err, f->title);
  for (uint32_t c = 0; st == STATUS_OK && c < t->columns; c++) {
    columns[c] = c;
  }
  st = st == STATUS_OK ? read_pieces(e, f, decoder, columns, err) : st;
  if (decoder != NULL) {
    f->format->decoder_free(decoder);
  }
  places_fini(&e->places);
  return st;
}

/* Sums, means and counts often stand together. */
static void join_neighbours(totals_file *t) {
  for (size_t k = 0; k < 2 * t->suspects_count; k++) { /* down, and up again */
    const size_t i = k < t->suspects_count ? k : 2 * t->suspects_count - k - 1;
    suspect_row *row = &t->suspects[i];
    const suspect_row *before = i > 0 ? row - 1 : NULL;
    const suspect_row *behind = i + 1 < t->suspects_count ? row + 1 : NULL;
    if (row->verdict != TOTALS_CERTAIN && !row->is_counted &&
        ((before != NULL && before->verdict == TOTALS_CERTAIN && totals_goes_with(t, row, before)) ||
         (behind != NULL && behind->verdict == TOTALS_CERTAIN && totals_goes_with(t, row, behind)))) {
      row->verdict = TOTALS_CERTAIN;
    }
  }
}

static void judge_others(totals_file *t) {
  for (size_t i = 0; i < t->suspects_count; i++) {
    suspect_row *row = &t->suspects[i];
    row->verdict = row->is_counted ? row->verdict : totals_judge(t, row);
  }
  join_neighbours(t);
}

/* Who turns out to be a respondent is one of those that totals add up; then all others are judged again. */
static void judge_all(totals_file *t) {
  judge_others(t);
  for (size_t i = 0; i < t->suspects_count; i++) {
    suspect_row *row = &t->suspects[i];
    if (row->verdict == TOTALS_RESPONDENT || (row->verdict == TOTALS_DOUBTFUL && totals_is_answer(t, row))) {
      count_respondent(t, t->segments[row->segment], row->cells);
      row->is_counted = true;
    }
  }
  judge_others(t);
}

static status give_verdicts(totals_file *t, totals_found *certain, file_skipped *doubtful, error *err) {
  judge_all(t);
  for (size_t i = 0; i < t->suspects_count; i++) {
    const suspect_row *row = &t->suspects[i];
    if (row->verdict == TOTALS_DOUBTFUL) {
      file_skipped_note(doubtful, row->line);
    } else if (row->verdict == TOTALS_CERTAIN) {
      if (!ARRAY_ROOM(certain->ordinals, certain->count, certain->capacity)) {
        return error_no_memory(err, "totals");
      }
      certain->ordinals[certain->count++] = row->ordinal;
    }
  }
  return STATUS_OK;
}

status totals_examine(input_file *f, uint64_t end, totals_found *certain, file_skipped *doubtful,
                      error *err) {
  examining e = {.f = f, .scratch = arena_new(), .end = end};
  e.t = (totals_file){.memory = arena_new(),
                      .words = &e.words,
                      .mark = f->options->decimal_mark != 0 ? f->options->decimal_mark : '.',
                      .columns = f->header.count,
                      .is_ascending = true};
  total_words_init(&e.words);
  e.t.tallied = e.t.columns < TALLY_COLUMNS_MAX ? e.t.columns : TALLY_COLUMNS_MAX;
  status st = e.scratch != NULL && e.t.memory != NULL ? read_all(&e, f, err) : error_no_memory(err, f->title);
  st = st == STATUS_OK ? give_verdicts(&e.t, certain, doubtful, err) : st;
  arena_destroy(e.scratch);
  arena_destroy(e.t.memory);
  return st;
}
