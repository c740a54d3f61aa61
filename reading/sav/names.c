/* Short names of eight bytes, by which other records refer to variables; long names; and segments. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reading/sav/sav.h"

enum { TEXT_WIDTH_MAX = 1 << 20 };

static int compare_names(slice a, slice b) {
  const size_t shorter = a.length < b.length ? a.length : b.length;
  const int order = shorter > 0 ? strncasecmp(a.bytes, b.bytes, shorter) : 0;
  return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

typedef struct named {
  slice name;
  uint32_t record;
} named;

static int by_name(const void *left, const void *right) {
  const named *a = left;
  const named *b = right;
  const int order = compare_names(a->name, b->name);
  return order != 0 ? order : (a->record > b->record) - (a->record < b->record);
}

bool sav_order_names(sav_making *m) {
  const uint32_t count = m->records->count;
  named *all = calloc(count, sizeof *all);
  m->by_name = ARENA_ARRAY(m->f->memory, uint32_t, count);
  for (uint32_t i = 0; all != NULL && i < count; i++) {
    all[i] = (named){m->records->list[i].name, i};
  }
  if (all != NULL) {
    qsort(all, count, sizeof *all, by_name);
  }
  for (uint32_t i = 0; all != NULL && m->by_name != NULL && i < count; i++) {
    m->by_name[i] = all[i].record;
  }
  m->by_name_count = count;
  const bool well = all != NULL && m->by_name != NULL;
  free(all);
  return well;
}

static slice name_at(const sav_making *m, uint32_t place) {
  return m->records->list[m->by_name[place]].name;
}

/* The place of the first record called NAME, or of one with another name. */
static uint32_t place_of(const sav_making *m, slice name) {
  uint32_t low = 0;
  uint32_t high = m->by_name_count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (compare_names(name_at(m, middle), name) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static bool is_named(const sav_making *m, uint32_t place, slice name) {
  return place < m->by_name_count && compare_names(name_at(m, place), name) == 0;
}

uint32_t sav_find_record(const sav_making *m, slice name) {
  const uint32_t place = place_of(m, name);
  return is_named(m, place, name) ? m->by_name[place] : INPUT_ABSENT;
}

void sav_forget_segments(sav_making *m) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < m->by_name_count; i++) {
    if (m->columns[m->by_name[i]] != INPUT_ABSENT) {
      m->by_name[kept++] = m->by_name[i];
    }
  }
  m->by_name_count = kept;
}

/* The next NAME=VALUE of LIST, which tabs separate.  False: there is none. */
static bool next_pair(slice *list, slice *name, slice *value) {
  while (list->length > 0) {
    const char *tab = memchr(list->bytes, '\t', list->length);
    const size_t length = tab != NULL ? (size_t)(tab - list->bytes) : list->length;
    const slice pair = {list->bytes, length};
    const size_t taken = length + (tab != NULL);
    *list = (slice){list->bytes + taken, list->length - taken};
    const char *equals = memchr(pair.bytes, '=', pair.length);
    if (equals != NULL) {
      *name = slice_trim((slice){pair.bytes, (size_t)(equals - pair.bytes)});
      *value = (slice){equals + 1, length - (size_t)(equals + 1 - pair.bytes)};
      return true;
    }
  }
  return false;
}

status sav_take_long_names(sav_making *m, slice *names, error *err) {
  slice list = m->records->information[SAV_LONG_NAMES];
  slice name;
  slice value;
  for (uint32_t i = 0; i < m->records->count; i++) {
    const slice short_name = m->records->list[i].name;
    TRY(sav_text(m, short_name, "the name", short_name, &names[i], err));
  }
  while (next_pair(&list, &name, &value)) {
    const uint32_t record = sav_find_record(m, name);
    slice text;
    if (record != INPUT_ABSENT) {
      TRY(sav_text(m, value, "the long name of variable", name, &text, err));
      names[record] = text.length > 0 ? text : names[record];
    }
  }
  return STATUS_OK;
}

/* The texts called NAME are of WIDTH.  Programs call a segment as they please, also like another text: which
 * record is a segment is known from the text in front of it. */
static void note_width(const sav_making *m, slice name, uint32_t width, uint32_t *widths) {
  uint32_t place = place_of(m, name);
  const bool is_new = is_named(m, place, name) && widths[m->by_name[place]] == 0;
  for (; is_new && is_named(m, place, name); place++) {
    widths[m->by_name[place]] = width;
  }
}

status sav_take_segments(sav_making *m, uint32_t *widths, error *err) {
  slice list = m->records->information[SAV_VERY_LONG_TEXTS];
  slice name;
  slice value;
  while (next_pair(&list, &name, &value)) {
    uint32_t width = 0;
    for (size_t i = 0; i < value.length && value.bytes[i] >= '0' && value.bytes[i] <= '9'; i++) {
      width = width * 10 + (uint32_t)(value.bytes[i] - '0');
      if (width > TEXT_WIDTH_MAX) {
        return sav_damaged(m->f, "a text is longer than a million bytes", err);
      }
    }
    if (width > SAV_SEGMENT_BYTES) {
      note_width(m, name, width, widths);
    }
  }
  return STATUS_OK;
}
