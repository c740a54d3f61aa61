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

typedef struct backup {
  const char *from, *to;
  int source; /* the descriptor of FROM */
  place place;
  path copy; /* the index, until it takes its place */
  store_findings *findings;
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

static void count_blob(store_findings *f, uint64_t bytes) {
  f->blobs++;
  f->blob_bytes += bytes;
}

/* *GONE counts blobs that are not there, or damaged: told when TELLS. */
static status copy_named(const backup *b, const reference_list *named, bool tells, uint64_t *gone,
                         error *err) {
  for (size_t i = 0; i < named->count; i++) {
    uint64_t bytes = 0;
    error why;
    const digest *name = &named->at[i].name;
    const status st = blob_check(b->source, name, &bytes, &why);
    if (st == STATUS_NO_MEMORY) {
      return error_set(err, st, "%s", why.message);
    }
    if (st == STATUS_OK) {
      TRY(blob_give(b->source, b->place.directory, name, err));
      count_blob(b->findings, bytes);
      continue;
    }
    ++*gone;
    if (tells) {
      references_tell_missing(&named->at[i], b->findings);
    }
  }
  return STATUS_OK;
}

static void say_nothing(void *context, const char *where, const char *what) {
  (void)context;
  (void)where;
  (void)what;
}

/* The index as it is now, and all that it names.  What was dropped after the copy may be gone: then *GONE is
 * not 0, and a later copy does not name it. */
static status copy_once(backup *b, bool is_last, uint64_t *gone, error *err) {
  store_findings *kept = b->findings;
  store_findings now = {.tell = is_last ? kept->tell : say_nothing, .context = kept->context};
  stock s;
  bool found = false;
  reference_list named;
  *gone = 0;
  TRY(copy_index(b, err));
  b->findings = &now;
  status st = stock_read(b->copy.text, &now, &s, &found, err);
  if (st == STATUS_OK) {
    st = references_read(&s, b->source, &now, &named, err);
    *gone = now.missing;
    if (st == STATUS_OK) {
      st = copy_named(b, &named, is_last, gone, err);
      references_fini(&named);
    }
    stock_fini(&s);
  }
  *gone += now.damaged_records;
  now.tell = kept->tell;
  *kept = now;
  b->findings = kept;
  return st;
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

static status copy_all(backup *b, error *err) {
  uint64_t gone = 1;
  TRY(path_in(b->to, "incoming/index", &b->copy, err));
  if (mkdir(b->copy.text, PRIVATE_DIRECTORY) != 0) {
    return error_set(err, STATUS_IO, "cannot make %s: %s", b->copy.text, strerror(errno));
  }
  for (int i = 1; i <= COPIES_MAX && gone > 0; i++) {
    TRY(copy_once(b, i == COPIES_MAX, &gone, err));
  }
  return take_place(b, err);
}

status upkeep_backup(const char *from, const char *to, store_findings *f, error *err) {
  backup b = {.from = from, .to = to, .place = {.directory = -1, .lock = -1}, .findings = f};
  TRY(place_check_empty(to, err));
  b.source = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (b.source < 0) {
    return error_set(err, STATUS_IO, "cannot read the store %s: %s", from, strerror(errno));
  }
  status st = place_open(to, PLACE_BROKER, true, &b.place, err);
  st = st == STATUS_OK ? copy_all(&b, err) : st;
  place_close(&b.place);
  close(b.source);
  return st;
}
