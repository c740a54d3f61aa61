/* LMDB copies an environment inside of a reading transaction: pages of that commit are not written over until
 * it ends, whoever writes meanwhile. */
#include "store/index_copy.h"

#include <lmdb.h>

enum { TRIES = 5 };

/* Opened again, it has the size that the map has by now. */
static int copy_once(const char *directory, const char *to) {
  MDB_env *env = NULL;
  int code = mdb_env_create(&env);
  code = code != 0 ? code : mdb_env_open(env, directory, MDB_RDONLY | MDB_NOTLS, 0600);
  code = code != 0 ? code : mdb_env_copy(env, to);
  mdb_env_close(env);
  return code;
}

status index_copy(const char *directory, const char *to, error *err) {
  int code = MDB_MAP_RESIZED;
  for (int i = 0; i < TRIES && code == MDB_MAP_RESIZED; i++) {
    code = copy_once(directory, to);
  }
  return code == 0 ? STATUS_OK
                   : error_set(err, code == MDB_INVALID || code == MDB_CORRUPTED ? STATUS_CORRUPT : STATUS_IO,
                               "cannot copy the index %s to %s: %s", directory, to, mdb_strerror(code));
}
