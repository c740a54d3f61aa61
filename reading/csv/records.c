/* Records of a block, the usual ones all at once and the others one by one. */
#include "reading/csv/records.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/csv/skips.h"

bool csv_records_start(csv_records *r, const csv_piece *piece, row_places *places) {
  if (r->memory == NULL) {
    r->memory = arena_new();
  }
  if (r->memory == NULL || !ARRAY_ROOM_FOR(r->begins, piece->records, r->begins_capacity)) {
    return false;
  }
  arena_clear(r->memory);
  r->places = places;
  r->position = 0;
  return true;
}

void csv_records_fini(csv_records *r) {
  free(r->begins);
  arena_destroy(r->memory);
  *r = (csv_records){0};
}

void csv_records_start_stretch(csv_records *r, size_t position) {
  r->position = position;
}

static bool leave_out_miscounted(csv_records *r, uint32_t lines, uint32_t cells,
                                 const csv_file_header *header) {
  char problem[96];
  snprintf(problem, sizeof problem, "%u cell%s, the header has %u", cells, cells == 1 ? "" : "s",
           header->count);
  return places_quarantine(r->places, lines, problem);
}

static bool leave_out_wrong(csv_records *r, uint32_t lines, uint32_t cell, const csv_file_header *header) {
  char problem[192];
  const slice name = text_fit(header->names[cell], 40);
  snprintf(problem, sizeof problem, "text after the closing quote of \"%.*s\"", SLICE_ARG(name));
  return places_quarantine(r->places, lines, problem);
}

bool csv_records_leave_out_given_up(csv_records *r, const csv_given_up *g, const csv_file_header *header) {
  static const char advice[] = "; write \"\" for a quote inside a quoted cell";
  const unsigned long long opened = g->line;
  const unsigned long long to = g->to_line;
  char problem[192];
  const size_t room = sizeof problem;
  switch (g->why) {
    case CSV_WHY_OPEN:
      snprintf(problem, room, "the quote that opens on line %llu never closes%s", opened, advice);
      break;
    case CSV_WHY_LONG:
      snprintf(problem, room, "the record of the quote that opens on line %llu does not end within %d MiB%s",
               opened, INPUT_RECORD_BYTES_MAX >> 20, advice);
      break;
    case CSV_WHY_TEXT:
      snprintf(
          problem, room,
          "the record of the quote that opens on line %llu has text after a closing quote on line %llu%s",
          opened, to, advice);
      break;
    case CSV_WHY_MANY:
      snprintf(problem, room,
               "the record of the quote that opens on line %llu has more than the %u cell%s of the header%s",
               opened, header->count, header->count == 1 ? "" : "s", advice);
      break;
    case CSV_WHY_FEW:
      snprintf(problem, room,
               "the record of the quote that opens on line %llu ends on line %llu with %u cell%s, the header "
               "has %u%s",
               opened, to, g->cells, g->cells == 1 ? "" : "s", header->count, advice);
      break;
    case CSV_WHY_ROWS:
      snprintf(problem, room,
               "the quote that opens on line %llu takes in the lines up to %llu, which all look like "
               "records%s",
               opened, to, advice);
      break;
  }
  r->position = g->end;
  return places_quarantine(r->places, 1, problem);
}

/* The record that begins at BEGIN, and is the NEXT after those that were taken, from 0. */
static csv_whole_record whole_record(const csv_records *r, const csv_piece *p, size_t begin,
                                     const uint32_t *ends, size_t next) {
  const uint64_t ordinal = r->places->ordinal + next;
  return (csv_whole_record){p->text, begin, ends, ordinal,
                            ordinal + TOTALS_NEAR_END >= p->first_ordinal + p->records};
}

/* Whether any of the block's records, all with the header's number of cells, may belong to no respondent, or
 * begins with a byte-order mark, which is no part of its first cell. */
static bool has_skipped(csv_records *r, const csv_index *x, const csv_piece *p, const csv_file_header *header,
                        bool *found) {
  *found = false;
  size_t begin = r->position;
  for (size_t i = 0; i < x->rows_count && !*found; i++) {
    const uint32_t *ends = x->ends + i * header->count;
    const csv_whole_record whole = whole_record(r, p, begin, ends, i);
    if (csv_skip_possible(header, &whole)) {
      file_skip skip;
      csv_first_cell first;
      if (!csv_skip_decide(header, &whole, r->memory, &skip, &first)) {
        return false;
      }
      *found = skip != FILE_SKIPS || csv_skip_mark(p->text + begin) > 0 ||
               (header->seeks_totals && first.text.length > 0 &&
                totals_suspect(&header->words, first.text, first.number, whole.is_near_end));
    }
    begin = ends[header->count - 1] + 1;
  }
  return true;
}

/* The block's matrix is the list of separators as it is. */
static bool is_regular(const csv_index *x, uint32_t cells) {
  bool regular = x->inner_count == 0 && x->wrong_count == 0 && cells > 1;
  for (size_t i = 0; regular && i < x->rows_count; i++) {
    regular = x->row_ends[i] + 1 == (i + 1) * cells;
  }
  return regular;
}

static bool take_regular(csv_records *r, const csv_index *x, uint32_t cells) {
  uint32_t row = r->places->rows;
  assert(x->rows_count <= r->begins_capacity - row);
  for (size_t i = 0; i < x->rows_count; i++) {
    r->begins[row++] = (uint32_t)r->position;
    r->position = x->ends[(i + 1) * cells - 1] + 1;
  }
  return places_take_rows(r->places, (uint32_t)x->rows_count);
}

/* What is known of one record while it is judged. */
typedef struct record {
  size_t first; /* of its separators */
  uint32_t cells;
  size_t begin, end; /* END: its newline */
  uint32_t lines;
  bool wrong;
  uint32_t wrong_at;
} record;

/* Advances over the notes (ascending positions) that lie before END. */
static uint32_t pass_notes(const uint32_t *notes, size_t count, size_t *next, size_t end) {
  const size_t from = *next;
  while (*next < count && notes[*next] < end) {
    ++*next;
  }
  return (uint32_t)(*next - from);
}

static uint32_t cell_at(const csv_index *x, const record *one) {
  uint32_t cell = 0;
  while (x->ends[one->first + cell] < one->wrong_at) {
    cell++;
  }
  return cell;
}

static bool is_empty(const csv_piece *p, const record *one) {
  return one->cells == 1 &&
         (one->end == one->begin || (one->end == one->begin + 1 && p->text[one->begin] == '\r'));
}

/* Judges one record; a usable one becomes row KEPT of the block's matrix. */
static bool judge(csv_records *r, csv_index *x, const csv_piece *p, const record *one,
                  const csv_file_header *header, size_t *kept) {
  bool well = true;
  file_skip skip = FILE_SKIPS;
  const csv_whole_record whole = whole_record(r, p, one->begin, x->ends + one->first, 0);
  if (one->cells == header->count && !one->wrong && csv_skip_possible(header, &whole)) {
    csv_first_cell first;
    well = csv_skip_decide(header, &whole, r->memory, &skip, &first);
    if (header->seeks_totals && skip == FILE_SKIPS && first.text.length > 0 &&
        totals_note(header->options, &header->words, r->places, first.text, first.number,
                    whole.is_near_end)) {
      skip = FILE_TOTALS;
    }
  }
  if (one->cells != header->count) {
    return leave_out_miscounted(r, one->lines, one->cells, header);
  }
  if (one->wrong) {
    return leave_out_wrong(r, one->lines, cell_at(x, one), header);
  }
  if (skip != FILE_SKIPS) {
    places_skip(r->places, one->lines, skip);
    return well;
  }
  const size_t to = *kept * header->count;
  memmove(x->ends + to, x->ends + one->first, header->count * sizeof *x->ends);
  memmove(x->briefs + to, x->briefs + one->first, header->count);
  assert(r->places->rows < p->records);
  r->begins[r->places->rows] = (uint32_t)(one->begin + csv_skip_mark(p->text + one->begin));
  ++*kept;
  return places_take_row(r->places, one->lines) && well;
}

static bool take_one_by_one(csv_records *r, csv_index *x, const csv_piece *p, const csv_file_header *header,
                            size_t *kept) {
  size_t inner = 0;
  size_t wrong = 0;
  size_t first = 0;
  *kept = 0;
  for (size_t i = 0; i < x->rows_count; i++) {
    const size_t last = x->row_ends[i];
    record one = {.first = first, .cells = (uint32_t)(last + 1 - first), .begin = r->position};
    one.end = x->ends[last];
    one.lines = 1 + pass_notes(x->inner, x->inner_count, &inner, one.end);
    one.wrong_at = wrong < x->wrong_count ? x->wrong[wrong] : 0;
    one.wrong = pass_notes(x->wrong, x->wrong_count, &wrong, one.end) > 0;
    if (is_empty(p, &one)) {
      places_pass_lines(r->places, one.lines);
    } else if (!judge(r, x, p, &one, header, kept)) {
      return false;
    }
    r->position = one.end + 1;
    first = last + 1;
  }
  memmove(x->inner, x->inner + inner, (x->inner_count - inner) * sizeof *x->inner);
  memmove(x->wrong, x->wrong + wrong, (x->wrong_count - wrong) * sizeof *x->wrong);
  x->inner_count -= inner;
  x->wrong_count -= wrong;
  return true;
}

bool csv_records_take(csv_records *r, csv_index *x, const csv_piece *piece, const csv_file_header *header,
                      input_rows *out) {
  const uint32_t rows = r->places->rows;
  size_t kept = x->rows_count;
  assert(header->count > 0 && rows <= piece->records);
  bool regular = is_regular(x, header->count);
  if (regular) {
    bool found;
    if (!has_skipped(r, x, piece, header, &found)) {
      return false;
    }
    regular = !found;
  }
  const bool well = regular ? take_regular(r, x, header->count) : take_one_by_one(r, x, piece, header, &kept);
  *out = (input_rows){
      .count = (uint32_t)kept,
      .cells = header->count,
      .ranges = {.text = piece->text, .ends = x->ends, .briefs = x->briefs, .begins = r->begins + rows}};
  return well;
}

void csv_records_drop_taken(csv_index *x) {
  if (x->rows_count == 0) {
    return;
  }
  const size_t taken = (size_t)x->row_ends[x->rows_count - 1] + 1;
  memmove(x->ends, x->ends + taken, (x->count - taken) * sizeof *x->ends);
  memmove(x->briefs, x->briefs + taken, x->count - taken);
  x->count -= taken;
  x->rows_count = 0;
}

/* The position after the quoted cell that begins at AT, if one does; else AT. */
static size_t pass_quoted(const uint8_t *text, size_t at, char delimiter) {
  size_t quote = at;
  while (csv_is_blank(text[quote], delimiter)) {
    quote++;
  }
  if (text[quote] != '"' || (quote > at && !csv_opens_behind_blanks(text + quote, delimiter))) {
    return at;
  }
  do { /* a doubled quote closes and opens */
    quote++;
    while (text[quote] != '"') {
      quote++;
    }
    quote++;
  } while (text[quote] == '"');
  return quote;
}

slice csv_records_find_cell(const csv_records *r, const csv_piece *piece, char delimiter, uint32_t row,
                            uint32_t cell) {
  const uint8_t *text = piece->text;
  size_t begin = r->begins[row];
  for (uint32_t passed = 0;; passed++) {
    size_t at = pass_quoted(text, begin, delimiter);
    while (text[at] != (uint8_t)delimiter && text[at] != '\n') {
      at++;
    }
    if (passed == cell) {
      return (slice){(const char *)text + begin, at - begin};
    }
    begin = at + 1;
  }
}
