/* Keys of lines, and the first pass over a file, which finds them all. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/ndjson/ndjson.h"
#include "reading/plain_text.h"
#include "store/shard.h"

enum { SCAN_RECORDS = 8192, NAMES_BYTES_MAX = 16 << 20, KEY_SHOWN = 80 };

/* ---- Keys of a line ------------------------------------------------------------------------------ */

void ndjson_keys_fini(ndjson_keys *k) {
  free(k->order);
  free(k->seen);
  *k = (ndjson_keys){0};
}

bool ndjson_keys_start(ndjson_keys *k, const dictionary *names) {
  if (k->names != names) { /* of another file */
    k->names = names;
    k->order_count = 0;
    k->lines = 0;
    if (k->seen != NULL) {
      memset(k->seen, 0, k->seen_capacity * sizeof *k->seen);
    }
  }
  const size_t before = k->seen_capacity;
  const size_t count = (size_t)names->count + 1;
  if (!ARRAY_ROOM_FOR(k->order, count, k->order_capacity) ||
      !ARRAY_ROOM_FOR(k->seen, count, k->seen_capacity)) {
    return false;
  }
  memset(k->seen + before, 0, (k->seen_capacity - before) * sizeof *k->seen);
  k->lines++;
  k->members = 0;
  return true;
}

uint32_t ndjson_keys_next(ndjson_keys *k, slice key, bool *twice) {
  const uint32_t at = k->members++;
  uint32_t found = at < k->order_count ? k->order[at] : DICTIONARY_NONE;
  *twice = false;
  if (found == DICTIONARY_NONE || !slice_equal(k->names->list[found], key)) {
    found = dictionary_find(k->names, key);
    if (found == DICTIONARY_NONE) {
      return found;
    }
    if (at <= k->order_count && at < k->order_capacity) {
      k->order[at] = found;
      k->order_count = at == k->order_count ? at + 1 : k->order_count;
    }
  }
  *twice = k->seen[found] == k->lines;
  k->seen[found] = k->lines;
  return found;
}

status ndjson_refuse_twice(const input_file *f, uint64_t line, slice key, error *err) {
  const slice shown = text_fit(key, KEY_SHOWN);
  return error_set(err, STATUS_DATA, "%s:%llu: the object has the key \"%.*s\" twice; rename one of them",
                   f->title, (unsigned long long)line, SLICE_ARG(shown));
}

status ndjson_refuse_line(const input_file *f, uint64_t line, const line_reader *r, error *err) {
  return error_set(err, STATUS_DATA, "%s:%llu: %s", f->title, (unsigned long long)line, r->problem);
}

/* ---- The first pass ------------------------------------------------------------------------------ */

typedef struct scan {
  input_file *file;
  ndjson_file *self;
  line_reader reader;
  ndjson_keys keys;
  uint64_t line;
  bool is_adding; /* keys that are new; else they are noted only, for the line may yet be broken */
  bool has_new;
  status code; /* why a line was stopped */
  error failure;
  unsigned *kinds; /* of the values of each key, as bits */
  size_t kinds_capacity;
  bool has_object;
  char first_problem[LINE_PROBLEM_BYTES];
  uint64_t first_line;
} scan;

static bool stop(scan *s, status code) {
  s->code = code;
  return false;
}

static bool add_key(scan *s, slice key) {
  ndjson_file *n = s->self;
  if (n->names.count == SHARD_COLUMNS_MAX || n->names_bytes + key.length > NAMES_BYTES_MAX) {
    return stop(
        s, error_set(&s->failure, STATUS_LIMIT,
                     "%s:%llu: the objects have more than %d different keys, or %d MiB of them",
                     s->file->title, (unsigned long long)s->line, SHARD_COLUMNS_MAX, NAMES_BYTES_MAX >> 20));
  }
  n->names_bytes += key.length;
  if (dictionary_text(&n->names, key) == DICTIONARY_NONE || n->names.failed ||
      !ARRAY_ROOM_FOR(s->kinds, SHARD_COLUMNS_MAX, s->kinds_capacity) ||
      !ARRAY_ROOM_FOR(s->keys.seen, SHARD_COLUMNS_MAX, s->keys.seen_capacity)) {
    return stop(s, error_no_memory(&s->failure, s->file->title));
  }
  s->kinds[n->names.count - 1] = 0;
  s->keys.seen[n->names.count - 1] = 0;
  return true;
}

static bool note_member(void *context, slice key, const line_value *value) {
  scan *s = context;
  bool twice;
  uint32_t found = ndjson_keys_next(&s->keys, key, &twice);
  if (found == DICTIONARY_NONE && s->is_adding) {
    if (!add_key(s, key)) {
      return false;
    }
    s->keys.members--;
    found = ndjson_keys_next(&s->keys, key, &twice);
  }
  if (twice) {
    return stop(s, ndjson_refuse_twice(s->file, s->line, key, &s->failure));
  }
  s->has_new = s->has_new || found == DICTIONARY_NONE;
  if (found != DICTIONARY_NONE) {
    s->kinds[found] |= 1u << value->kind;
  }
  return true;
}

static line_result read_keys(scan *s, slice line, bool is_adding) {
  s->is_adding = is_adding;
  s->has_new = false;
  return ndjson_keys_start(&s->keys, &s->self->names) ? line_read(&s->reader, line, note_member, s)
                                                      : LINE_NO_MEMORY;
}

static status take_line(scan *s, slice line, error *err) {
  line_result result = read_keys(s, line, false);
  if (result == LINE_WELL && s->has_new) {
    result = read_keys(s, line, true);
  }
  switch (result) {
    case LINE_WELL:
      s->has_object = true;
      break;
    case LINE_BROKEN:
      if (s->first_line == 0) {
        s->first_line = s->line;
        memcpy(s->first_problem, s->reader.problem, sizeof s->first_problem);
      }
      break;
    case LINE_REFUSED:
      return ndjson_refuse_line(s->file, s->line, &s->reader, err);
    case LINE_STOPPED:
      *err = s->failure;
      return s->code;
    case LINE_NO_MEMORY:
      return error_no_memory(err, s->file->title);
  }
  return STATUS_OK;
}

/* Lines before the first byte that is not text; then that byte is reported. */
static status take_lines(scan *s, const buf *text, uint64_t first_line, error *err) {
  size_t good = plain_text_good(text->data, text->length);
  const bool is_good = good == text->length;
  while (!is_good && good > 0 && text->data[good - 1] != '\n') {
    good--;
  }
  s->line = first_line;
  for (size_t at = 0; at < good; s->line++) {
    const slice line = ndjson_next_line(text, &at);
    if (!line_is_blank(line)) {
      TRY(take_line(s, line, err));
    }
  }
  return is_good ? STATUS_OK : plain_text_check(text->data, text->length, first_line, s->file->title, err);
}

static status scan_file(scan *s, buf *text, const input_watch *watch, error *err) {
  input_piece facts = {0};
  while (true) {
    TRY(ndjson_cut(s->file, SCAN_RECORDS, text, &facts, err));
    if (facts.is_end) {
      return STATUS_OK;
    }
    TRY(take_lines(s, text, facts.first_line, err));
    if (watch != NULL && !watch->go_on(watch->context, s->file)) {
      return error_set(err, STATUS_INTERRUPTED, "reading was stopped");
    }
  }
}

static status check_found(const scan *s, error *err) {
  if (s->has_object) {
    return STATUS_OK;
  }
  if (s->first_line == 0) {
    return error_set(err, STATUS_DATA, "%s: is empty", s->file->title);
  }
  return error_set(
      err, STATUS_DATA,
      "%s:%llu: no line is a JSON object; this one: %s; write one object on each line (jq -c . makes "
      "one line of each, jq -c '.[]' of those in an array, jq -c '.answers[]' of those in an array "
      "with that name)",
      s->file->title, (unsigned long long)s->first_line, s->first_problem);
}

/* The type that all values of a column have; null says nothing. */
static input_type type_of(unsigned kinds) {
  if ((kinds & ~(1u << LINE_NULL)) == 1u << LINE_NUMBER) {
    return INPUT_NUMBERS;
  }
  return (kinds & 1u << LINE_LIST) != 0 ? INPUT_LISTS : INPUT_TEXTS;
}

static status give_header(const scan *s, error *err) {
  input_file *f = s->file;
  const dictionary *names = &s->self->names;
  f->header.columns = ARENA_ARRAY(f->memory, input_column, (size_t)names->count + 1);
  if (f->header.columns == NULL) {
    return error_no_memory(err, f->title);
  }
  f->header.count = names->count;
  for (uint32_t i = 0; i < names->count; i++) {
    f->header.columns[i] = (input_column){.name = names->list[i], .type = type_of(s->kinds[i])};
  }
  return STATUS_OK;
}

status ndjson_find_keys(input_file *f, const input_watch *watch, error *err) {
  scan s = {.file = f, .self = f->self};
  buf text;
  buf_init(&text);
  status st = scan_file(&s, &text, watch, err);
  if (st == STATUS_OK) {
    st = check_found(&s, err);
  }
  if (st == STATUS_OK) {
    st = give_header(&s, err);
  }
  s.self->names.limit = s.self->names.count; /* what decoders look up adds nothing */
  buf_fini(&text);
  line_reader_fini(&s.reader);
  ndjson_keys_fini(&s.keys);
  free(s.kinds);
  return st;
}
