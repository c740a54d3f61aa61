/* The three tasks, of the same parts: records (stock.h), what they name (references.h), blobs
 * (store/blob_check.h). */
#include "broker/records/upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "broker/records/references.h"
#include "store/index_copy.h"
#include "store/place.h"

enum { COPIES_MAX = 5, PRIVATE_DIRECTORY = 0700 };

typedef struct path {
  char text[PATH_MAX];
} path;

static status path_in(const char *directory, const char *name, path *out, error *err) {
  const int length = snprintf(out->text, sizeof out->text, "%s/%s", directory, name);
  return length > 0 && (size_t)length < sizeof out->text
             ? STATUS_OK
             : error_set(err, STATUS_IO, "the path of the store %s is too long", directory);
}

static status read_stock(const char *directory, store_findings *f, stock *out, bool *found, error *err) {
  path index;
  TRY(path_in(directory, "index", &index, err));
  TRY(stock_read(index.text, f, out, found, err));
  if (!*found) {
    store_findings_record(f, "index", "it is missing or empty");
  }
  return STATUS_OK;
}

/* ---- Verifying ----------------------------------------------------------------------------------- */

static status check_references(const stock *s, int directory, const blob_names *whole, store_findings *f,
                               error *err) {
  reference_list named;
  TRY(references_read(s, directory, f, &named, err));
  for (size_t i = 0; i < named.count; i++) {
    if (blob_names_find(whole, &named.at[i].name) == SIZE_MAX) {
      references_tell_missing(&named.at[i], f);
    }
  }
  references_fini(&named);
  return STATUS_OK;
}

static status verify_locked(const char *directory, int descriptor, store_findings *f, error *err) {
  stock s;
  bool found = false;
  blob_names whole = {.at = NULL};
  TRY(read_stock(directory, f, &s, &found, err));
  status st = store_check_blobs(descriptor, f, &whole, err);
  st = st == STATUS_OK ? check_references(&s, descriptor, &whole, f, err) : st;
  free(whole.at);
  stock_fini(&s);
  return st;
}

status upkeep_verify(const char *directory, store_findings *f, error *err) {
  place p;
  TRY(place_open(directory, PLACE_BROKER, true, &p, err));
  const status st = verify_locked(directory, p.directory, f, err);
  place_close(&p);
  return st;
}

/* ---- Salvaging ----------------------------------------------------------------------------------- */

static status give_all(int from, int to, const blob_names *names, error *err) {
  for (size_t i = 0; i < names->count; i++) {
    TRY(blob_give(from, to, &names->at[i], err));
  }
  return syncfs(to) == 0 ? STATUS_OK
                         : error_set(err, STATUS_IO, "the file system of the new store: %s", strerror(errno));
}

static status check_any(const char *from, const stock *s, const store_findings *f, error *err) {
  return s->datasets_count + s->jobs_count > 0 || f->damaged_records == 0
             ? STATUS_OK
             : error_set(
                   err, STATUS_CORRUPT,
                   "no dataset and no job can be found in %s/index; take a backup, or begin with an empty "
                   "directory and put the datasets again",
                   from);
}

/* The blobs first: what a new ledger names is there. */
static status fill(const stock *s, const place *from, const place *to, const char *to_path, store_findings *f,
                   error *err) {
  blob_names whole = {.at = NULL};
  ledger *l = NULL;
  uint64_t results = 0;
  TRY(ledger_open(to_path, &l, err)); /* before there are blobs, without which it would refuse */
  status st = store_check_blobs(from->directory, f, &whole, err);
  st = st == STATUS_OK ? give_all(from->directory, to->directory, &whole, err) : st;
  st = st == STATUS_OK ? stock_write(s, l, &results, err) : st;
  st = st == STATUS_OK ? check_references(s, to->directory, &whole, f, err) : st;
  ledger_close(l);
  free(whole.at);
  return st;
}

static status salvage_locked(const char *from, const place *p, const char *to, store_findings *f,
                             error *err) {
  stock s;
  bool found = false;
  place new = {.directory = -1, .lock = -1};
  TRY(read_stock(from, f, &s, &found, err));
  status st = check_any(from, &s, f, err);
  st = st == STATUS_OK ? place_open(to, PLACE_BROKER, true, &new, err) : st;
  st = st == STATUS_OK ? fill(&s, p, &new, to, f, err) : st;
  place_close(&new);
  stock_fini(&s);
  return st;
}

status upkeep_salvage(const char *from, const char *to, store_findings *f, error *err) {
  place p;
  TRY(place_check_empty(to, err));
  TRY(place_open(from, PLACE_BROKER, true, &p, err));
  const status st = salvage_locked(from, &p, to, f, err);
  place_close(&p);
  return st;
}

/* ---- Backing up ---------------------------------------------------------------------------------- */

typedef enum fate { FATE_GIVEN, FATE_DAMAGED, FATE_GONE } fate;

/* A blob that was read: given, or damaged.  It is not read again for another copy of the index. */
typedef struct settled {
  digest name;
  fate fate;
  uint64_t bytes;
} settled;

typedef struct backup {
  const char *from, *to;
  int source; /* the descriptor of FROM */
  place place;
  path copy;      /* the index, until it takes its place */
  settled *blobs; /* by name */
  size_t blobs_count, blobs_capacity;
  buf said, before; /* what is damaged or missing, by this copy of the index and the one before */
} backup;

static status copy_index(const backup *b, error *err) {
  path index;
  path data;
  TRY(path_in(b->from, "index", &index, err));
  TRY(path_in(b->copy.text, "data.mdb", &data, err));
  if (unlink(data.text) != 0 && errno != ENOENT) {
    return error_set(err, STATUS_IO, "cannot remove %s: %s", data.text, strerror(errno));
  }
  return index_copy(index.text, b->copy.text, err);
}

/* ---- Telling: only when it is known which copy is the last */

static void keep(void *said, const char *where, const char *what) {
  buf_put(said, where, strlen(where) + 1);
  buf_put(said, what, strlen(what) + 1);
}

static void tell_kept(const buf *said, const store_findings *f) {
  for (size_t at = 0; at < said->length;) {
    const char *where = (const char *)said->data + at;
    const char *what = where + strlen(where) + 1;
    f->tell(f->context, where, what);
    at = (size_t)(what + strlen(what) + 1 - (const char *)said->data);
  }
}

static bool says_the_same(const backup *b) {
  return b->said.length == b->before.length &&
         (b->said.length == 0 || memcmp(b->said.data, b->before.data, b->said.length) == 0);
}

/* ---- Blobs */

static int settled_by_name(const void *left, const void *right) {
  return memcmp(((const settled *)left)->name.bytes, ((const settled *)right)->name.bytes, DIGEST_BYTES);
}

/* Fails when the copy cannot be written; what is wrong with the blob itself is OUT's fate. */
static status give(const backup *b, const digest *name, settled *out, error *err) {
  uint64_t again = 0;
  error why;
  error ignored;
  *out = (settled){.name = *name, .fate = FATE_GIVEN};
  status st = blob_check(b->source, name, &out->bytes, &why);
  if (st != STATUS_OK) {
    out->fate = st == STATUS_NOT_FOUND ? FATE_GONE : FATE_DAMAGED;
    return st == STATUS_NO_MEMORY ? error_set(err, st, "%s", why.message) : STATUS_OK;
  }
  st = blob_give(b->source, b->place.directory, name, &why);
  if (st != STATUS_OK && blob_check(b->source, name, &again, &ignored) == STATUS_NOT_FOUND) {
    out->fate = FATE_GONE; /* tidied away between check and copy */
    return STATUS_OK;
  }
  return st == STATUS_OK ? st : error_set(err, st, "%s", why.message);
}

/* What is gone is looked for again each time: it may have been put again. */
static status settle(backup *b, size_t known, const digest *name, settled *out, error *err) {
  const settled key = {.name = *name};
  const settled *found = known > 0 ? bsearch(&key, b->blobs, known, sizeof *b->blobs, settled_by_name) : NULL;
  if (found != NULL) {
    *out = *found;
    return STATUS_OK;
  }
  TRY(give(b, name, out, err));
  if (out->fate != FATE_GONE) {
    if (!ARRAY_ROOM(b->blobs, b->blobs_count, b->blobs_capacity)) {
      return error_no_memory(err, "the names of blobs");
    }
    b->blobs[b->blobs_count++] = *out;
  }
  return STATUS_OK;
}

static status copy_named(backup *b, const reference_list *named, store_findings *f, error *err) {
  const size_t known = b->blobs_count;
  for (size_t i = 0; i < named->count; i++) {
    settled one;
    TRY(settle(b, known, &named->at[i].name, &one, err));
    if (one.fate == FATE_GIVEN) {
      f->blobs++;
      f->blob_bytes += one.bytes;
    } else {
      references_tell_missing(&named->at[i], f);
    }
  }
  if (b->blobs_count > known) {
    qsort(b->blobs, b->blobs_count, sizeof *b->blobs, settled_by_name);
  }
  return STATUS_OK;
}

/* The index as it is now, and all that it names.  F (zeroed) keeps what it is told in B->said. */
static status copy_once(backup *b, store_findings *f, error *err) {
  stock s;
  bool found = false;
  reference_list named;
  TRY(copy_index(b, err));
  status st = stock_read(b->copy.text, f, &s, &found, err);
  if (st == STATUS_OK) {
    st = references_read(&s, b->source, f, &named, err);
    if (st == STATUS_OK) {
      st = copy_named(b, &named, f, err);
      references_fini(&named);
    }
    stock_fini(&s);
  }
  return st == STATUS_OK ? buf_status(&b->said, "what is damaged", err) : st;
}

/* What was dropped after the index was copied may be gone: then a later copy does not name it.  What two
 * copies in a row say is so. */
static status copy_until_settled(backup *b, store_findings *f, error *err) {
  store_findings now;
  for (int i = 1; i <= COPIES_MAX; i++) {
    const buf before = b->before;
    b->before = b->said;
    b->said = before;
    buf_clear(&b->said);
    now = (store_findings){.tell = keep, .context = &b->said};
    TRY(copy_once(b, &now, err));
    if (b->said.length == 0 || (i > 1 && says_the_same(b))) {
      break;
    }
  }
  tell_kept(&b->said, f);
  now.tell = f->tell;
  now.context = f->context;
  *f = now;
  return STATUS_OK;
}

static status take_place(const backup *b, error *err) {
  path index;
  TRY(path_in(b->to, "index", &index, err));
  /* Everything is on disk before the index takes its place, and then the name of that. */
  if (syncfs(b->place.directory) != 0 || rename(b->copy.text, index.text) != 0 ||
      syncfs(b->place.directory) != 0) {
    return error_set(err, STATUS_IO, "cannot complete the copy %s: %s", b->to, strerror(errno));
  }
  return STATUS_OK;
}

static status copy_all(backup *b, store_findings *f, error *err) {
  TRY(path_in(b->to, "incoming/index", &b->copy, err));
  if (mkdir(b->copy.text, PRIVATE_DIRECTORY) != 0) {
    return error_set(err, STATUS_IO, "cannot make %s: %s", b->copy.text, strerror(errno));
  }
  TRY(copy_until_settled(b, f, err));
  return take_place(b, err);
}

status upkeep_backup(const char *from, const char *to, store_findings *f, error *err) {
  backup b = {.from = from, .to = to, .place = {.directory = -1, .lock = -1}};
  TRY(place_check_empty(to, err));
  b.source = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (b.source < 0) {
    return error_set(err, STATUS_IO, "cannot read the store %s: %s", from, strerror(errno));
  }
  status st = place_open(to, PLACE_BROKER, true, &b.place, err);
  st = st == STATUS_OK ? copy_all(&b, f, err) : st;
  place_close(&b.place);
  close(b.source);
  free(b.blobs);
  buf_fini(&b.said);
  buf_fini(&b.before);
  return st;
}
