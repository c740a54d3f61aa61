/* Multiple-response sets.  Each is a line of text,
 *
 *   $name=C 8 My label v1 v2 v3           categories
 *   $name=D1 1 8 My label v1 v2 v3        dichotomies; 1 is counted
 *   $name=E 11 1 1 0  v1 v2 v3            the same, with more about labels
 *
 * in which a number gives the length of the text after it in bytes.  Lines of another form are passed over.
 */
#include <string.h>

#include "base/array.h"
#include "reading/sav/sav.h"
#include "store/shard.h"

enum { SETS_MAX = 4096 };

/* Takes a number, a blank, and as many bytes as the number says. */
static bool take_counted(slice *line, slice *out) {
  size_t length = 0;
  size_t at = 0;
  while (at < line->length && line->bytes[at] >= '0' && line->bytes[at] <= '9' && length <= line->length) {
    length = length * 10 + (size_t)(line->bytes[at++] - '0');
  }
  if (at == 0 || at == line->length || line->bytes[at] != ' ' || length > line->length - at - 1) {
    return false;
  }
  *out = (slice){line->bytes + at + 1, length};
  *line = (slice){line->bytes + at + 1 + length, line->length - at - 1 - length};
  return true;
}

static bool take_byte(slice *line, char *out) {
  if (line->length == 0) {
    return false;
  }
  *out = line->bytes[0];
  *line = (slice){line->bytes + 1, line->length - 1};
  return true;
}

/* Takes what precedes the next blank or the end, and passes the blank. */
static slice take_word(slice *line) {
  const char *blank = memchr(line->bytes, ' ', line->length);
  const slice word = {line->bytes, blank != NULL ? (size_t)(blank - line->bytes) : line->length};
  const size_t taken = word.length + (blank != NULL);
  *line = (slice){line->bytes + taken, line->length - taken};
  return word;
}

/* Takes what stands between = and the names. */
static bool take_head(slice *line, slice *counted, slice *label) {
  char kind = '\0';
  char blank = '\0';
  *counted = (slice){"", 0};
  if (!take_byte(line, &kind) || memchr("CDE", kind, 3) == NULL) {
    return false;
  }
  if (kind == 'E') {
    if (!take_byte(line, &blank) || blank != ' ') {
      return false;
    }
    (void)take_word(line); /* where labels come from */
  }
  if (kind != 'C' && !take_counted(line, counted)) {
    return false;
  }
  return take_byte(line, &blank) && blank == ' ' && take_counted(line, label);
}

static bool is_known(const input_header *h, slice name) {
  for (uint32_t i = 0; i < h->sets_count; i++) {
    if (slice_equal(h->sets[i].name, name)) {
      return true;
    }
  }
  return false;
}

/* The counted value as it is written in cells of the set. */
static slice counted_code(const sav_making *m, const code_set *set, slice counted) {
  const sav_file *s = m->f->self;
  const bool of_texts = s->variables[set->columns[0]].width > 0;
  decimal number;
  if (of_texts || !decimal_parse(slice_trim(counted), '.', &number)) {
    return slice_trim(counted);
  }
  char text[DECIMAL_TEXT_BYTES];
  const int length = decimal_format(decimal_normalise(number), text);
  return arena_slice(m->f->memory, (slice){text, (size_t)length});
}

static status take_columns(sav_making *m, slice names, code_set *set, error *err) {
  const uint32_t most = m->records->count;
  uint32_t *columns = NULL;
  size_t capacity = 0;
  while (names.length > 0 && set->columns_count < most) {
    const slice word = take_word(&names);
    const uint32_t record = word.length > 0 ? sav_find_record(m, word) : INPUT_ABSENT;
    if (record == INPUT_ABSENT) {
      continue;
    }
    if (!ARRAY_ROOM_IN(m->f->memory, columns, set->columns_count, capacity)) {
      return error_no_memory(err, m->f->title);
    }
    columns[set->columns_count++] = m->columns[record];
  }
  set->columns = columns;
  return STATUS_OK;
}

static status take_line(sav_making *m, slice line, size_t *capacity, error *err) {
  input_header *h = &m->f->header;
  const char *equals = memchr(line.bytes, '=', line.length);
  code_set set = {0};
  slice counted;
  slice label;
  if (equals == NULL || h->sets_count == SETS_MAX) {
    return STATUS_OK;
  }
  slice name = slice_trim((slice){line.bytes, (size_t)(equals - line.bytes)});
  slice rest = {equals + 1, line.length - (size_t)(equals + 1 - line.bytes)};
  if (name.length > 1 && name.bytes[0] == '$') {
    name = (slice){name.bytes + 1, name.length - 1};
  }
  if (!take_head(&rest, &counted, &label)) {
    return STATUS_OK;
  }
  TRY(sav_text(m, name, "the name of set", name, &set.name, err));
  TRY(sav_text(m, label, "the label of set", name, &set.label, err));
  TRY(sav_text(m, counted, "the counted value of set", name, &set.counted, err));
  TRY(take_columns(m, rest, &set, err));
  if (set.columns_count == 0 || set.name.length == 0 || is_known(h, set.name)) {
    return STATUS_OK;
  }
  set.counted = counted_code(m, &set, set.counted);
  if (!ARRAY_ROOM_IN(m->f->memory, h->sets, h->sets_count, *capacity)) {
    return error_no_memory(err, m->f->title);
  }
  h->sets[h->sets_count++] = set;
  return STATUS_OK;
}

static uint32_t count_lists(const input_header *h) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < h->sets_count; i++) {
    count += h->sets[i].counted.length == 0;
  }
  return count;
}

/* Adds the column of SET, a set of categories. */
static bool add_list(sav_making *m, const code_set *set) {
  input_header *h = &m->f->header;
  sav_file *s = m->f->self;
  input_column *column = &h->columns[h->count];
  char *name = arena_alloc(m->f->memory, set->name.length + 1 + INPUT_MARGIN);
  if (name == NULL) {
    return false;
  }
  name[0] = '$';
  memcpy(name + 1, set->name.bytes, set->name.length);
  *column = (input_column){.name = {name, set->name.length + 1}, .type = INPUT_LISTS, .label = set->label};
  column->codes = h->columns[set->columns[0]].codes;
  column->codes.is_set = true;
  column->codes.is_weight = false;
  h->count++;
  s->lists[s->lists_count++] = (sav_list){set->columns, set->columns_count};
  for (uint32_t i = 0; i < set->columns_count; i++) {
    s->variables[set->columns[i]].is_member = true;
  }
  return true;
}

static status add_lists(sav_making *m, error *err) {
  input_header *h = &m->f->header;
  sav_file *s = m->f->self;
  const uint32_t lists = count_lists(h);
  if (lists == 0) {
    return STATUS_OK;
  }
  input_column *columns = ARENA_ARRAY(m->f->memory, input_column, (size_t)h->count + lists);
  s->lists = ARENA_ARRAY(m->f->memory, sav_list, lists);
  bool well = columns != NULL && s->lists != NULL;
  if (well) {
    memcpy(columns, h->columns, h->count * sizeof *columns);
    h->columns = columns;
  }
  for (uint32_t i = 0; well && i < h->sets_count; i++) {
    well = h->sets[i].counted.length > 0 || add_list(m, &h->sets[i]);
  }
  if (h->count > SHARD_COLUMNS_MAX) {
    return error_set(err, STATUS_DATA, "%s: has %u variables and sets, more than the %d that can be read",
                     m->f->title, h->count, SHARD_COLUMNS_MAX);
  }
  return well ? STATUS_OK : error_no_memory(err, m->f->title);
}

status sav_take_sets(sav_making *m, error *err) {
  size_t capacity = 0;
  for (int which = SAV_SETS; which <= SAV_SETS_MORE; which++) {
    slice lines = m->records->information[which];
    while (lines.length > 0) {
      const char *newline = memchr(lines.bytes, '\n', lines.length);
      const size_t length = newline != NULL ? (size_t)(newline - lines.bytes) : lines.length;
      const size_t taken = length + (newline != NULL);
      TRY(take_line(m, (slice){lines.bytes, length}, &capacity, err));
      lines = (slice){lines.bytes + taken, lines.length - taken};
    }
  }
  return add_lists(m, err);
}
