/* The allowed keys, sorted by key.  Lines of the same key are one entry with both roles; its
 * title is that of the first. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "proto/key_text.h"
#include "proto/message.h"

enum { LIST_BYTES_MAX = 16 << 20 };

typedef struct entry {
  char key[KEY_TEXT_BYTES];
  unsigned roles;
  const char *title;
  size_t line; /* keeps the order of lines when sorted */
} entry;

struct key_list {
  arena *memory; /* titles */
  entry *entries;
  size_t count, capacity;
  bool is_verified;
};

static const struct {
  const char *name;
  unsigned role;
} roles[] = {{"client", WAY_CLIENT}, {"worker", WAY_WORKER}};
enum { ROLES_COUNT = sizeof roles / sizeof roles[0] };

void key_list_destroy(key_list *l) {
  if (l != NULL) {
    arena_destroy(l->memory);
    free(l->entries);
    free(l);
  }
}

size_t key_list_count(const key_list *l) {
  return l->count;
}

bool key_list_is_verified(const key_list *l) {
  return l->is_verified;
}

static unsigned role_of(slice word) {
  for (size_t i = 0; i < ROLES_COUNT; i++) {
    if (slice_equal(word, slice_of(roles[i].name))) {
      return roles[i].role;
    }
  }
  return 0;
}

static status read_verify(key_text *t, slice times, key_list *l, error *err) {
  const slice shown = text_cut(times, 40);
  if (!slice_equal(times, slice_of("1")) && !slice_equal(times, slice_of("2"))) {
    return key_text_wrong(
        t, err,
        "'verify: %.*s' is not valid; 'verify: 2' has every result computed twice, by workers "
        "with different keys",
        SLICE_ARG(shown));
  }
  l->is_verified = slice_equal(times, slice_of("2"));
  return STATUS_OK;
}

static status read_line(key_text *t, slice line, key_list *l, error *err) {
  const slice word = key_text_word(&line);
  if (slice_equal(word, slice_of("verify:"))) {
    return read_verify(t, key_text_word(&line), l, err);
  }
  const unsigned role = role_of(word);
  if (!role) {
    const slice shown = text_cut(word, 40);
    return key_text_wrong(t, err,
                          "'%.*s' is not a valid role; a line is 'worker KEY TITLE' or 'client KEY TITLE'",
                          SLICE_ARG(shown));
  }
  if (!ARRAY_ROOM(l->entries, l->count, l->capacity)) {
    return error_no_memory(err, t->path);
  }
  entry *e = &l->entries[l->count];
  *e = (entry){.roles = role, .line = l->count};
  TRY(key_text_key(t, key_text_word(&line), e->key, err));
  e->title = arena_copy(l->memory, line);
  if (e->title == NULL) {
    return error_no_memory(err, t->path);
  }
  l->count++;
  return STATUS_OK;
}

static int compare(const void *a, const void *b) {
  const entry *x = a;
  const entry *y = b;
  const int by_key = strcmp(x->key, y->key);
  return by_key != 0 ? by_key : (x->line > y->line) - (x->line < y->line);
}

static void sort_and_join(key_list *l) {
  if (l->count == 0) {
    return;
  }
  qsort(l->entries, l->count, sizeof l->entries[0], compare);
  size_t kept = 0;
  for (size_t i = 1; i < l->count; i++) {
    if (strcmp(l->entries[i].key, l->entries[kept].key) == 0) {
      l->entries[kept].roles |= l->entries[i].roles;
    } else {
      l->entries[++kept] = l->entries[i];
    }
  }
  l->count = kept + 1;
}

static status parse(key_text *t, key_list *l, error *err) {
  slice line;
  bool found = true;
  TRY(key_text_next(t, &line, &found, err));
  while (found) {
    TRY(read_line(t, line, l, err));
    TRY(key_text_next(t, &line, &found, err));
  }
  sort_and_join(l);
  return STATUS_OK;
}

status key_list_read(const char *path, key_list **out, error *err) {
  key_text t;
  TRY(key_text_open(&t, path, LIST_BYTES_MAX, err));
  status st = STATUS_OK;
  key_list *l = calloc(1, sizeof *l);
  if (l != NULL) {
    l->memory = arena_new();
  }
  if (l == NULL || l->memory == NULL) {
    st = error_no_memory(err, path);
  } else {
    st = parse(&t, l, err);
  }
  key_text_close(&t);
  if (st != STATUS_OK) {
    key_list_destroy(l);
    return st;
  }
  *out = l;
  return STATUS_OK;
}

static int compare_key(const void *wanted, const void *at) {
  return strcmp(wanted, ((const entry *)at)->key);
}

unsigned key_list_roles(const key_list *l, slice public_key, const char **title) {
  char key[KEY_TEXT_BYTES];
  const entry *e = NULL;
  if (l->count > 0 && public_key.length == sizeof key - 1) {
    memcpy(key, public_key.bytes, public_key.length);
    key[public_key.length] = '\0';
    e = bsearch(key, l->entries, l->count, sizeof l->entries[0], compare_key);
  }
  if (title != NULL) {
    *title = e != NULL ? e->title : "";
  }
  return e != NULL ? e->roles : 0;
}

void key_list_put(buf *out, unsigned wanted, const key_pair *k, const char *title) {
  for (size_t i = 0; i < ROLES_COUNT; i++) {
    if (wanted & roles[i].role) {
      buf_printf(out, "%s %s ", roles[i].name, k->public_key);
      key_text_put_title(out, title);
      buf_put_u8(out, '\n');
    }
  }
}
