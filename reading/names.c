/* Paths are made absolute by their letters alone (no link is followed), and a name is the end of such a path:
 * longer ends are tried until those of one base name differ. */
#include "reading/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "reading/raw.h"
#include "reading/unpack.h"

struct reading_names {
  arena *memory;
  size_t count;
  const char *const *paths; /* as given */
  const char **places;      /* absolute; "-" for standard input */
  const char **names;       /* each the end of its place */
};

/* A file under the key that distinguishes it from others. */
typedef struct keyed {
  slice key;
  size_t index;
} keyed;

/* ---- Names that cannot be ------------------------------------------------------------------------ */

static bool is_control(unsigned char byte) {
  return byte < ' ' || byte == 0x7F;
}

static bool has_control(const char *name) {
  for (const char *at = name; *at != '\0'; at++) {
    if (is_control((unsigned char)*at)) {
      return true;
    }
  }
  return false;
}

/* With \xHH for what a terminal or a log should not get. */
static void put_escaped(buf *out, const char *text) {
  size_t length = strlen(text);
  size_t good = text_utf8_check(text, length);
  for (size_t i = 0; i < length; i++) {
    if (i > good) {
      good = i + text_utf8_check(text + i, length - i);
    }
    if (i == good || is_control((unsigned char)text[i])) {
      buf_printf(out, "\\x%02x", (unsigned char)text[i]);
    } else {
      buf_put_u8(out, (uint8_t)text[i]);
    }
  }
}

status reading_name_check(const char *name, const char *title, error *err) {
  const size_t length = strlen(name);
  if (length > 0 && text_utf8_check(name, length) == length && !has_control(name)) {
    return STATUS_OK;
  }
  if (length == 0) {
    return error_set(err, STATUS_DATA, "a data file has no name");
  }
  buf shown;
  buf_init(&shown);
  put_escaped(&shown, title);
  status st = buf_status(&shown, "a file's name", err);
  if (st == STATUS_OK) {
    st = error_set(
        err, STATUS_DATA, "%.*s: the name is not UTF-8 or has control characters; rename the %s",
        (int)shown.length, (const char *)shown.data,
        strchr(name, '/') != NULL ? "file, or the directory that distinguishes it from others" : "file");
  }
  buf_fini(&shown);
  return st;
}

/* ---- Places -------------------------------------------------------------------------------------- */

/* PATH below DIRECTORY (unless it is absolute), without "." and ".." and doubled slashes. */
static char *resolve(arena *memory, const char *directory, const char *path) {
  const bool is_relative = path[0] != '/';
  const char *const parts[] = {is_relative ? directory : "", path};
  char *out = arena_alloc(memory, strlen(parts[0]) + strlen(parts[1]) + sizeof "//");
  size_t length = 0;
  for (size_t i = 0; out != NULL && i < 2; i++) {
    for (const char *at = parts[i]; *at != '\0';) {
      const size_t step = strcspn(at, "/");
      const slice one = {at, step};
      if (slice_equal(one, slice_of(".."))) {
        while (length > 0 && out[--length] != '/') {
        }
      } else if (step > 0 && !slice_equal(one, slice_of("."))) {
        out[length++] = '/';
        memcpy(out + length, at, step);
        length += step;
      }
      at += step + (at[step] == '/');
    }
  }
  if (out != NULL) { /* the root itself is refused as a directory, when it is opened */
    memcpy(out + length, length == 0 ? "/." : "", length == 0 ? sizeof "/." : 1);
  }
  return out;
}

static status find_places(reading_names *n, error *err) {
  char *directory = NULL;
  for (size_t i = 0; i < n->count; i++) {
    const char *path = n->paths[i];
    const bool is_input = strcmp(path, "-") == 0;
    if (path[0] == '\0') {
      free(directory);
      return reading_name_check(path, path, err);
    }
    if (!is_input && path[0] != '/' && directory == NULL && (directory = getcwd(NULL, 0)) == NULL) {
      return error_set(err, STATUS_IO, "cannot determine the current directory: %s", strerror(errno));
    }
    n->places[i] = is_input ? path : resolve(n->memory, directory, path);
  }
  free(directory);
  return arena_failed(n->memory) ? error_no_memory(err, "the names of files") : STATUS_OK;
}

/* The end of PLACE with at most PARENTS directories. */
static const char *end_of(const char *place, size_t parents) {
  const char *at = place + strlen(place);
  for (size_t slashes = 0; at > place; at--) {
    if (at[-1] == '/' && slashes++ == parents) {
      return at;
    }
  }
  return place[0] == '/' ? place + 1 : place;
}

/* ---- Telling apart ------------------------------------------------------------------------------- */

static int keyed_order(const void *left, const void *right) {
  const keyed *a = left;
  const keyed *b = right;
  const int order = slice_compare(a->key, b->key);
  return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

/* The first of two neighbours of one key; COUNT when all differ.  Sorts. */
static size_t find_twins(keyed *list, size_t count) {
  qsort(list, count, sizeof *list, keyed_order);
  for (size_t i = 1; i < count; i++) {
    if (slice_equal(list[i - 1].key, list[i].key)) {
      return i - 1;
    }
  }
  return count;
}

static status refuse_twins(const reading_names *n, size_t a, size_t b, error *err) {
  if (strcmp(n->paths[a], n->paths[b]) == 0) {
    return error_set(err, STATUS_USAGE, "%s is named twice; leave one out", n->paths[a]);
  }
  const bool is_one = strcmp(n->places[a], n->places[b]) == 0;
  return error_set(err, STATUS_USAGE, "%s and %s %s; leave one out%s", n->paths[a], n->paths[b],
                   is_one ? "are the same file" : "have the same name apart from .gz or .zst",
                   is_one ? "" : " or rename it");
}

/* Lengthens the names of a GROUP until they differ.  Their places do, so this ends. */
static void lengthen(reading_names *n, keyed *group, size_t count) {
  size_t parents = 0;
  do {
    parents++;
    for (size_t i = 0; i < count; i++) {
      n->names[group[i].index] = end_of(n->places[group[i].index], parents);
      group[i].key = unpacked_name(slice_of(n->names[group[i].index]));
    }
  } while (find_twins(group, count) < count);
}

static status choose_names(reading_names *n, keyed *list, error *err) {
  for (size_t i = 0; i < n->count; i++) {
    list[i] = (keyed){unpacked_name(slice_of(n->places[i])), i};
  }
  const size_t twins = find_twins(list, n->count);
  if (twins < n->count) {
    return refuse_twins(n, list[twins].index, list[twins + 1].index, err);
  }
  for (size_t i = 0; i < n->count; i++) {
    n->names[i] = end_of(n->places[i], 0);
    list[i] = (keyed){unpacked_name(slice_of(n->names[i])), i};
  }
  qsort(list, n->count, sizeof *list, keyed_order);
  for (size_t i = 0, end; i < n->count; i = end) {
    end = i + 1;
    while (end < n->count && slice_equal(list[i].key, list[end].key)) {
      end++;
    }
    if (end - i > 1) {
      lengthen(n, list + i, end - i);
    }
  }
  return STATUS_OK;
}

static status fill(reading_names *n, error *err) {
  n->places = ARENA_ARRAY(n->memory, const char *, n->count + 1);
  n->names = ARENA_ARRAY(n->memory, const char *, n->count + 1);
  keyed *list = ARENA_ARRAY(n->memory, keyed, n->count + 1);
  if (arena_failed(n->memory)) {
    return error_no_memory(err, "the names of files");
  }
  TRY(find_places(n, err));
  TRY(choose_names(n, list, err));
  for (size_t i = 0; i < n->count; i++) {
    TRY(reading_name_check(n->names[i], n->paths[i], err));
  }
  return STATUS_OK;
}

status reading_names_new(const char *const *paths, size_t count, reading_names **out, error *err) {
  reading_names *n = calloc(1, sizeof *n);
  if (n == NULL || (n->memory = arena_new()) == NULL) {
    free(n);
    return error_no_memory(err, "the names of files");
  }
  n->paths = paths;
  n->count = count;
  const status st = fill(n, err);
  if (st != STATUS_OK) {
    reading_names_destroy(n);
    return st;
  }
  *out = n;
  return STATUS_OK;
}

void reading_names_destroy(reading_names *n) {
  if (n != NULL) {
    arena_destroy(n->memory);
    free(n);
  }
}

void reading_names_give(const reading_names *n, reading_options *options) {
  options->names = n->names;
  options->places = n->places;
}

const char *reading_names_path(const reading_names *n, slice name) {
  for (size_t i = 0; i < n->count; i++) {
    const slice own = slice_of(n->names[i]);
    if (slice_equal(name, own) || slice_equal(name, unpacked_name(own))) {
      return n->paths[i];
    }
  }
  return NULL;
}
