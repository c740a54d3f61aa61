/* A table of codes. */
#include "store/index_trouble.h"

#include <errno.h>
#include <lmdb.h>

/* Where the advice comes from: this table, or whoever opened the index. */
typedef enum adviser { OWN, WHEN_DAMAGED, WHEN_FULL } adviser;

static const struct {
  int code;
  status st;
  const char *trouble;
  adviser adviser;
} troubles[] = {
    {MDB_CORRUPTED, STATUS_CORRUPT, "it is damaged", WHEN_DAMAGED},
    {MDB_PAGE_NOTFOUND, STATUS_CORRUPT, "it is damaged", WHEN_DAMAGED},
    {MDB_INVALID, STATUS_CORRUPT, "it is damaged", WHEN_DAMAGED},
    {MDB_CURSOR_FULL, STATUS_CORRUPT, "it is damaged", WHEN_DAMAGED},
    {MDB_BAD_TXN, STATUS_CORRUPT, "it is damaged", WHEN_DAMAGED},
    {MDB_INCOMPATIBLE, STATUS_CORRUPT, "it is damaged", WHEN_DAMAGED},
    {MDB_VERSION_MISMATCH, STATUS_CORRUPT, "another version of LMDB wrote it", WHEN_DAMAGED},
    {MDB_PANIC, STATUS_IO, "writing to it failed before; start again", OWN},
    {MDB_MAP_FULL, STATUS_IO,
     "its memory map cannot grow further; allow more address space (ulimit -v), or keep less there", OWN},
    {MDB_READERS_FULL, STATUS_LIMIT, "too many threads read it at once; use fewer workers", OWN},
    {ENOSPC, STATUS_IO, "no space is left", WHEN_FULL},
    {EDQUOT, STATUS_IO, "the disk quota is used up", WHEN_FULL},
    {EFBIG, STATUS_IO, "the file would be larger than is allowed", WHEN_FULL},
    /* LMDB also reports this for a write that was cut short, which is how a full disk shows. */
    {EIO, STATUS_IO, "no space is left, or the disk reports an error", WHEN_FULL},
    {EACCES, STATUS_IO, "it cannot be read and written by this user", OWN},
    {EROFS, STATUS_IO, "the file system is read-only; name a store elsewhere", OWN},
    {ENOMEM, STATUS_NO_MEMORY, "out of memory", OWN},
};

status index_trouble(const char *directory, const index_options *options, int code, error *err) {
  for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
    if (troubles[i].code == code) {
      const char *const advice[] = {
          [OWN] = "", [WHEN_DAMAGED] = options->when_damaged, [WHEN_FULL] = options->when_full};
      const adviser who = troubles[i].adviser;
      return error_set(err, troubles[i].st, "the index %s: %s%s%s (%s)", directory, troubles[i].trouble,
                       who == OWN ? "" : "; ", advice[who], mdb_strerror(code));
    }
  }
  return error_set(err, STATUS_IO, "the index %s: %s", directory, mdb_strerror(code));
}
