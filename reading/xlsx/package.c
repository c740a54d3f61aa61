/* Reads members with minizip, which seeks in the archive's directory. */
#include "reading/xlsx/package.h"

#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct package {
  const char *title;
  const atomic_bool *stop;
  unzFile zip;
  char member[PACKAGE_NAME_BYTES]; /* the open one; empty: none */
  uint64_t packed, unpacked;
  uint64_t position;
};

static status damaged(const package *p, const char *what, error *err) {
  return error_set(err, STATUS_DATA, "%s: is not a whole workbook: %s; save it again, or copy it again",
                   p->title, what);
}

static status member_damaged(const package *p, error *err) {
  buf shown;
  buf_init(&shown);
  buf_put_shown(&shown, slice_of(p->member));
  const status st =
      error_set(err, STATUS_DATA, "%s: its part %.*s is damaged; save the workbook again, or copy it again",
                p->title, (int)shown.length, (const char *)shown.data);
  buf_fini(&shown);
  return st;
}

status package_open(const char *path, const char *title, const atomic_bool *stop, package **out, error *err) {
  package *p = calloc(1, sizeof *p);
  if (p == NULL) {
    return error_no_memory(err, title);
  }
  p->title = title;
  p->stop = stop;
  p->zip = unzOpen64(path);
  if (p->zip == NULL) {
    const status st = damaged(p, "its directory cannot be read", err);
    free(p);
    return st;
  }
  *out = p;
  return STATUS_OK;
}

static void close_member(package *p) {
  if (p->member[0] != '\0') {
    (void)unzCloseCurrentFile(p->zip);
    p->member[0] = '\0';
  }
}

void package_close(package *p) {
  if (p != NULL) {
    close_member(p);
    unzClose(p->zip);
    free(p);
  }
}

const char *package_title(const package *p) {
  return p->title;
}

uint64_t package_position(const package *p) {
  return p->position;
}

/* Makes the member of that name the current one. */
static bool locate(package *p, slice name) {
  enum { ANY_CASE = 2 };
  char terminated[PACKAGE_NAME_BYTES];
  if (name.length == 0 || name.length >= sizeof terminated || memchr(name.bytes, '\0', name.length) != NULL) {
    return false;
  }
  memcpy(terminated, name.bytes, name.length);
  terminated[name.length] = '\0';
  close_member(p);
  return unzLocateFile(p->zip, terminated, ANY_CASE) == UNZ_OK;
}

bool package_has(package *p, slice name) {
  return locate(p, name);
}

status package_open_member(package *p, slice name, error *err) {
  unz_file_info64 info;
  enum { ENCRYPTED = 1 };
  if (!locate(p, name) || unzGetCurrentFileInfo64(p->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK) {
    const slice shown = text_cut(name, 200);
    return error_set(err, STATUS_DATA,
                     "%s: is not a whole workbook: its part %.*s is missing; save it again, or copy it again",
                     p->title, SLICE_ARG(shown));
  }
  memcpy(p->member, name.bytes, name.length);
  p->member[name.length] = '\0';
  if ((info.flag & ENCRYPTED) != 0) {
    p->member[0] = '\0';
    return error_set(err, STATUS_DATA, "%s: is encrypted; save it without a password", p->title);
  }
  if (unzOpenCurrentFile(p->zip) != UNZ_OK) {
    const status st = member_damaged(p, err);
    p->member[0] = '\0';
    return st;
  }
  p->packed = info.compressed_size;
  p->unpacked = 0;
  return STATUS_OK;
}

static status refuse_bomb(const package *p, error *err) {
  buf shown;
  buf_init(&shown);
  buf_put_shown(&shown, slice_of(p->member));
  const status st = error_set(
      err, STATUS_DATA,
      "%s: its part %.*s unpacks to more than %d times its size, as data do not; is the workbook genuine?",
      p->title, (int)shown.length, (const char *)shown.data, PACKAGE_RATIO_MAX);
  buf_fini(&shown);
  return st;
}

status package_read(package *p, void *out, unsigned capacity, size_t *got, error *err) {
  *got = 0;
  if (p->stop != NULL && atomic_load(p->stop)) {
    return error_set(err, STATUS_INTERRUPTED, "reading was stopped");
  }
  const int result = unzReadCurrentFile(p->zip, out, capacity);
  if (result < 0) {
    return member_damaged(p, err);
  }
  *got = (size_t)result;
  p->position = unzGetCurrentFileZStreamPos64(p->zip);
  p->unpacked += *got;
  if (p->unpacked > PACKAGE_RATIO_FREE && p->unpacked / PACKAGE_RATIO_MAX > p->packed) {
    return refuse_bomb(p, err);
  }
  if (*got == 0) {
    const bool is_whole = unzCloseCurrentFile(p->zip) == UNZ_OK;
    const status st = is_whole ? STATUS_OK : member_damaged(p, err);
    p->member[0] = '\0';
    return st;
  }
  return STATUS_OK;
}
